import { Readable } from 'node:stream'
import { factTargets } from '@tomoshibi/contract/collect'
import type { FastifyInstance } from 'fastify'
import type { Operations } from '../app.ts'
import { record } from '../audit/service.ts'
import { upload } from '../collect/bulk/upload.ts'
import type { Recogniser } from './caller.ts'
import { permitted } from './permitted.ts'
import { refuse } from './refuse.ts'

/**
 * `POST /api/facts/{type}/stream`: records as JSON objects, one a line, of any size. The answer is JSON
 * objects, one a line: how far it is, and at last what became of the records.
 */
export function uploadRoutes(app: Operations, callers: Recogniser) {
  return async (server: FastifyInstance) => {
    server.removeAllContentTypeParsers()
    // The body is read where it is used, in constant memory.
    server.addContentTypeParser('*', (_request, _body, done) => done(null))
    server.post<{ Params: { type: string } }>('/api/facts/:type/stream', async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const action = 'facts.stream'
      const route = { permission: 'facts:write', action } as const
      const { caller, visit } = await permitted(callers, request, reply, route)
      const type = factTargets.find((target) => target === request.params.type)
      if (type === undefined) return refuse(reply, 'NO_SUCH_PATH', { path: request.url })
      const { clock, state } = app.ports
      const { workspaceId } = caller
      const asked = { caller, visit, clock, workspaceId, action, input: { type } }
      await state.transaction((tx) => record(tx, { ...asked, outcome: 'done' }))
      const gzip = request.headers['content-encoding'] === 'gzip'
      const { dataDir } = app
      const ports = { ...app.ports, workspaceId: caller.workspaceId }
      const told = upload(ports, { type, body: request.raw, gzip, dataDir })
      return reply.type('application/x-ndjson; charset=utf-8').send(Readable.from(linesOf(told)))
    })
  }
}

async function* linesOf(told: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const each of told) yield `${JSON.stringify(each)}\n`
}
