import { createHash } from 'node:crypto'

/**
 * An id that follows from what it names, as a UUID (version 8: made by a rule of our own). A replay
 * that finds the same lighting again finds its id again, and so the task and acts that hang on it.
 */
function idOf(kind: string, ...parts: readonly string[]): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([kind, ...parts]))
    .digest()
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6)
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8)
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** The id of an episode: one lighting of one lamp for one account on one day. */
export const episodeId = (workspaceId: string, accountId: string, lampKey: string, litOn: string) =>
  idOf('episode', workspaceId, accountId, lampKey, litOn)

/** The id of the task of an episode. */
export const taskId = (episode: string) => idOf('task', episode)
