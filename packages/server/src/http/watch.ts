import type { FastifyInstance } from 'fastify'
import type { Operations } from '../app.ts'
import type { Ingestion } from '../collect/ingest/service.ts'
import { readiness } from '../upkeep/telemetry/readiness.ts'
import type { Telemetry } from '../upkeep/telemetry/telemetry.ts'

export interface WatchRoutes {
  readonly app: Operations
  readonly ingestion: Ingestion | undefined
  readonly telemetry: Telemetry
}

/** Routes for those who watch the server. They hold no data of customers and need no permission. */
export function watchRoutes({ app, ingestion, telemetry }: WatchRoutes) {
  return async (server: FastifyInstance) => {
    const { version } = app
    server.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store')
    })
    server.get('/healthz', async () => ({ status: 'ok', version }))
    server.get('/readyz', async (_request, reply) => {
      const found = await readiness(app, ingestion)
      const status = found.ready ? 'ready' : 'not_ready'
      return reply.status(found.ready ? 200 : 503).send({ status, version, ...found })
    })
    server.get('/metrics', async (_request, reply) =>
      reply.type(telemetry.registry.contentType).send(await telemetry.registry.metrics()),
    )
  }
}
