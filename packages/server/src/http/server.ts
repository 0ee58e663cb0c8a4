import { OpenAPIHandler } from '@orpc/openapi/fastify'
import { ORPCError } from '@orpc/server'
import { errorCodes } from '@tomoshibi/contract/errors'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import type { Operations } from '../app.ts'
import { failureOf } from '../call/failure.ts'
import type { Ingestion } from '../collect/ingest/service.ts'
import { loopbackSite, type SiteConfig } from '../platform/address.ts'
import { Telemetry } from '../upkeep/telemetry/telemetry.ts'
import { backupRoutes } from './backup.ts'
import { type Recogniser, recognise, visitOf } from './caller.ts'
import { eventRoutes, isForEvents } from './events.ts'
import { openApiDocument } from './openapi.ts'
import { servePages } from './pages.ts'
import { fromAnotherPage, refuse, requestedOrigin } from './refuse.ts'
import { uploadRoutes } from './uploads.ts'
import { watchRoutes } from './watch.ts'

export interface HttpOptions {
  readonly app: Operations
  /** Takes events; without one, none are taken. */
  readonly ingestion?: Ingestion
  /** Where people reach it; only from this machine without one. */
  readonly site?: SiteConfig
  /** The token that lets the command line of the same user do everything. */
  readonly localToken: string
  /** The built screens. */
  readonly webFolder: string
  readonly log: Logger
  /** Counts what is asked; one of its own without it. */
  readonly telemetry?: Telemetry
}

/** Bodies are requests of people and programs on this machine; a mapping is the largest of them. */
const bodyLimitBytes = 4 * 1024 * 1024

const securityHeaders = {
  // The component library sets styles in the document; scripts come from our files only.
  'content-security-policy': [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
} as const

/** For a year: browsers then ask over TLS, whatever an address says. */
const strictTransport = ['strict-transport-security', 'max-age=31536000'] as const

/** The HTTP server over an opened app: operations under /api, their description, and the screens. */
export async function httpServer(options: HttpOptions): Promise<FastifyInstance> {
  const { app, log, telemetry = new Telemetry(), site = loopbackSite } = options
  const loggerInstance: FastifyBaseLogger = log
  const server = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    // Whoever else says for whom they ask could choose the address that limits and the audit log go by.
    trustProxy: site.trustedProxies.length === 0 ? false : [...site.trustedProxies],
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    // Before any hook: an address whose percent signs make no sense.
    frameworkErrors: (_error, request, reply) => {
      reply.headers(securityHeaders)
      refuse(reply, 'NO_SUCH_PATH', { path: request.url.split('?', 1)[0] ?? '' })
    },
  })

  server.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders)
    const origin = requestedOrigin(request, site)
    if (origin === null) {
      return refuse(reply, 'HOST_NOT_ALLOWED', { host: request.headers.host ?? '' })
    }
    if (origin.startsWith('https:')) reply.header(...strictTransport)
    const isOperation = request.url.startsWith('/api/')
    const changes = request.method !== 'GET' && request.method !== 'HEAD'
    if ((isOperation || changes) && !isForEvents(request.url) && fromAnotherPage(request, origin)) {
      return refuse(reply, 'ORIGIN_NOT_ALLOWED')
    }
  })

  server.addHook('onResponse', async (request, reply) => {
    // The route as it was registered: an address would make a label of whatever anybody asks for.
    const route = request.routeOptions.url ?? 'none'
    telemetry.request(route, request.method, reply.statusCode, reply.elapsedTime)
    log.debug({ id: request.id, route, method: request.method, status: reply.statusCode }, 'asked')
  })

  server.removeContentTypeParser('text/plain')
  server.setNotFoundHandler((request, reply) =>
    refuse(reply, 'NO_SUCH_PATH', { path: request.url.split('?', 1)[0] ?? '' }),
  )
  server.setErrorHandler((error, request, reply) => {
    const status = statusOf(error)
    if (status === 413) return refuse(reply, 'BODY_TOO_LARGE', { limit: String(bodyLimitBytes) })
    if (status === 400 || status === 415) return refuse(reply, 'BODY_NOT_JSON')
    const failure = failureOf(error)
    if (failure) return refuse(reply, failure.code, failure.details)
    log.error({ err: error, id: request.id }, 'a request failed')
    return refuse(reply, 'INTERNAL', { id: request.id })
  })

  const callers: Recogniser = { ...app, localToken: options.localToken, site }
  await server.register(operationRoutes(app, callers, telemetry))
  await server.register(uploadRoutes(app, callers))
  if (options.ingestion !== undefined) {
    const { ports, writeKeys } = app
    const { ingestion } = options
    const { clock } = ports
    await server.register(eventRoutes({ ingestion, writeKeys, clock, telemetry, site }))
    await server.register(backupRoutes({ ports, ingestion }, callers))
  }
  const document = JSON.stringify(await openApiDocument())
  server.get('/openapi.json', (_request, reply) =>
    reply
      .type('application/json; charset=utf-8')
      .header('cache-control', 'no-cache')
      .send(document),
  )
  await server.register(watchRoutes({ app, ingestion: options.ingestion, telemetry, site }))
  await servePages(server, options.webFolder)
  return server
}

/** Of the registry; whatever else an error calls itself is not ours to make a label of. */
function codeOf(error: unknown): string {
  const code = error instanceof ORPCError ? error.code : failureOf(error)?.code
  return errorCodes.find((each) => each === code) ?? 'INTERNAL'
}

function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('statusCode' in error)) return null
  return typeof error.statusCode === 'number' ? error.statusCode : null
}

function operationRoutes(app: Operations, callers: Recogniser, telemetry: Telemetry) {
  return async (server: FastifyInstance) => {
    const handler = new OpenAPIHandler(app.router, {
      clientInterceptors: [
        async ({ path, next }) => {
          const startedMs = performance.now()
          const told = (code: string) =>
            telemetry.operation(path.join('.'), code, performance.now() - startedMs)
          try {
            const output = await next()
            told('ok')
            return output
          } catch (error) {
            told(codeOf(error))
            throw error
          }
        },
      ],
    })
    server.all('/api/*', async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const visit = visitOf(request, reply, callers.site)
      const context = app.call(await recognise(callers, request, visit), visit)
      const { matched } = await handler.handle(request, reply, { prefix: '/api', context })
      if (!matched) {
        return refuse(reply, 'NO_SUCH_PATH', { path: request.url.split('?', 1)[0] ?? '' })
      }
    })
  }
}
