import { derivedId } from '../../platform/derived-id.ts'

/**
 * The id of an episode: one lighting of one lamp for one account on one day. A replay that finds the same lighting
 * again finds its id again, and so the task and acts that hang on it.
 */
export const episodeId = (workspaceId: string, accountId: string, lampKey: string, litOn: string) =>
  derivedId('episode', workspaceId, accountId, lampKey, litOn)

/** The id of the task of an episode. */
export const taskId = (episode: string) => derivedId('task', episode)
