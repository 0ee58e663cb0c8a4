import { noValueReason } from '@tomoshibi/contract/reasons'
import { useCallback } from 'react'
import { useText } from './hooks.ts'

/** Says in the page's language why a figure has no value. */
export function useReason(): (reason: string | null) => string {
  const text = useText()
  return useCallback((reason) => text(noValueReason(reason ?? 'no_data')), [text])
}
