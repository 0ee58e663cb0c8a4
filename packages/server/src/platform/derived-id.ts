import { createHash } from 'node:crypto'

/**
 * An id that follows from what it names, as a UUID (version 8: made by a rule of our own): whoever makes the same
 * thing again finds its id again.
 */
export function derivedId(kind: string, ...parts: readonly string[]): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([kind, ...parts]))
    .digest()
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6)
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8)
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
