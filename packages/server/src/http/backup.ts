import { PassThrough } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { record } from '../audit/service.ts'
import { type BackupSource, writeBackup } from '../upkeep/backup/take.ts'
import type { Recogniser } from './caller.ts'
import { permitted } from './permitted.ts'

/** A reader that takes nothing for so long is gone. */
const stalledAfterMs = 5 * 60_000

/**
 * `POST /api/backup`: a backup of everything, as it is written. One that is cut off ends without the
 * list of its contents, by which whoever keeps it knows.
 */
export function backupRoutes(source: BackupSource, callers: Recogniser) {
  return async (server: FastifyInstance) => {
    server.post('/api/backup', async (request, reply) => {
      const action = 'backup'
      const route = { permission: 'backup:make', action } as const
      const { caller, visit } = await permitted(callers, request, reply, route)
      const { clock, state } = callers.ports
      const told = { caller, visit, clock, workspaceId: caller.workspaceId, action }
      await state.transaction((tx) => record(tx, { ...told, outcome: 'done' }))
      const { log } = source.ports
      const through = new PassThrough()
      request.raw.socket.setTimeout(stalledAfterMs, () => request.raw.socket.destroy())
      const written = writeBackup(source, through)
      const begun = new Promise<void>((resolve) => through.once('readable', resolve))
      // Refused before the first byte, it is an answer like any other.
      await Promise.race([begun, written])
      written.catch((error: unknown) => log.warn({ err: error }, 'a backup was cut off'))
      reply.header('cache-control', 'no-store').type('application/x-tar')
      return reply.send(through)
    })
  }
}
