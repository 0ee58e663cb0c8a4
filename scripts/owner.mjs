/** The one place where tests and pictures become the owner of a new server and sign in. */

/** Who they are then. */
export const owner = {
  name: 'Hana Tanaka',
  email: 'hana@example.com',
  password: 'seven lanterns by the river',
}

/** The link that a server without people prints, in its output. */
export const setUpLink = /http:\/\/localhost:\d+\/set-up#[\w-]+/

/**
 * Makes the first owner with the link that the server printed.
 * @param {string} link
 * @returns {Promise<string>} the Cookie header of their session
 */
export async function becomeOwner(link) {
  const { origin, hash } = new URL(link)
  const answer = await fetch(`${origin}/api/session/set-up`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...owner, link: hash.slice(1) }),
  })
  const [cookie = ''] = answer.headers.getSetCookie()
  if (!answer.ok) throw new Error(`no owner: ${answer.status} ${await answer.text()}`)
  return cookie.split(';', 1)[0] ?? ''
}

/**
 * The same as cookies of a browser's context.
 * @param {string} cookie
 * @param {string} url
 */
export const browserCookies = (cookie, url) => {
  const at = cookie.indexOf('=')
  return [{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url }]
}
