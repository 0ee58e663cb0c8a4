import { useState } from 'react'

/** What stands after # in the address of a link. The server never sees it before it is sent on purpose. */
export function useLinkSecret(): string {
  const [secret] = useState(() => window.location.hash.replace(/^#/, ''))
  return secret
}
