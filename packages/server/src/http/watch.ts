import type { FastifyInstance } from 'fastify'
import type { Operations } from '../app.ts'
import type { Ingestion } from '../collect/ingest/service.ts'
import { isLoopbackHost, isLoopbackName, type SiteConfig } from '../platform/address.ts'
import { readiness } from '../upkeep/telemetry/readiness.ts'
import type { Telemetry } from '../upkeep/telemetry/telemetry.ts'
import { refuse, requestedOrigin } from './refuse.ts'

export interface WatchRoutes {
  readonly app: Operations
  readonly ingestion: Ingestion | undefined
  readonly telemetry: Telemetry
  readonly site: SiteConfig
}

/** Routes for those who watch the server. They hold no data of customers and need no permission. */
export function watchRoutes({ app, ingestion, telemetry, site }: WatchRoutes) {
  return async (server: FastifyInstance) => {
    server.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store')
    })
    server.get('/healthz', async () => ({ status: 'ok' }))
    server.get('/readyz', async (_request, reply) => {
      const found = await readiness(app, ingestion)
      const status = found.ready ? 'ready' : 'not_ready'
      return reply.status(found.ready ? 200 : 503).send({ status, ...found })
    })
    server.get('/metrics', async (request, reply) => {
      // How much is asked, and what fails, is not for everybody who can reach the page.
      const isLocal = isLoopbackHost(request.ip) && isLoopbackOrigin(requestedOrigin(request, site))
      if (!isLocal) return refuse(reply, 'NO_SUCH_PATH', { path: '/metrics' })
      return reply.type(telemetry.registry.contentType).send(await telemetry.registry.metrics())
    })
  }
}

const isLoopbackOrigin = (origin: string | null): boolean =>
  origin !== null && isLoopbackName(new URL(origin).hostname)
