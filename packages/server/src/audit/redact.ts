/** Fields that hold secrets, in whatever operation they occur. */
const secretFields = new Set([
  'password',
  'current',
  'link',
  'key',
  'token',
  'secret',
  'code',
  'response',
  'recoveryCodes',
  'uri',
  'clientDataJSON',
  'attestationObject',
  'authenticatorData',
  'signature',
  'userHandle',
])
const longestText = 300
const longestList = 20
const deepest = 6

/**
 * A value as the audit log keeps it: without secrets, long texts cut, long lists by their length, files by
 * their name.
 */
export function redacted(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') {
    return value.length > longestText ? `${value.slice(0, longestText)}…` : value
  }
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Blob) return { file: value.type, bytes: value.size }
  if (depth >= deepest) return '…'
  if (Array.isArray(value)) {
    return value.length > longestList
      ? { entries: value.length }
      : value.map((each) => redacted(each, depth + 1))
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      secretFields.has(name) && (typeof each === 'string' || Array.isArray(each))
        ? '•••'
        : redacted(each, depth + 1),
    ]),
  )
}
