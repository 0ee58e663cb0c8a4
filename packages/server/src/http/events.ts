import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type ErrorCode, errorData, errorRegistry, type Problem } from '@tomoshibi/contract/errors'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Failure, failureOf } from '../call/failure.ts'
import { limits } from '../collect/ingest/hostile.ts'
import {
  type Body,
  type Endpoint,
  endpoints,
  parseBody,
  readMessages,
} from '../collect/ingest/ingest.ts'
import { BodyFault, type Rejection } from '../collect/ingest/problems.ts'
import type { Ingestion } from '../collect/ingest/service.ts'
import type { WriteKeys } from '../collect/write-keys/service.ts'
import { loopbackSite, type SiteConfig } from '../platform/address.ts'
import type { Clock } from '../platform/clock.ts'
import type { Telemetry } from '../upkeep/telemetry/telemetry.ts'
import { refuse, requestedOrigin } from './refuse.ts'

export interface EventRoutes {
  readonly ingestion: Ingestion
  readonly writeKeys: WriteKeys
  readonly clock: Clock
  readonly telemetry: Telemetry
  /** Where senders reach it; only from this machine without one. */
  readonly site?: SiteConfig
  /** How long a body may take to arrive. */
  readonly bodyWithinMs?: number
}

/** Where browsers' SDKs send their calls: the first letter of each. */
const shortNames: Readonly<Record<string, Endpoint>> = {
  i: 'identify',
  t: 'track',
  g: 'group',
  p: 'page',
  s: 'screen',
  a: 'alias',
  b: 'batch',
}

/** Bodies that are being received at once; more must wait, so that memory is bounded. */
const bodiesAtOnce = 200
const bodyWithinMs = 30_000
const retryAfterSeconds = '1'

/** Whether a path is one to which other sites' pages may send: nothing can be read there. */
export const isForEvents = (path: string): boolean => path.startsWith('/v1/')

/** The routes of the Segment HTTP tracking API. */
export function eventRoutes(options: EventRoutes) {
  return async (server: FastifyInstance) => {
    server.removeAllContentTypeParsers()
    // SDKs label JSON in many ways, some of them wrong; what it is, the bytes say.
    server.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: limits.bodyBytes },
      (_request, body, done) => done(null, body),
    )
    const bodies = new Bodies(options.bodyWithinMs ?? bodyWithinMs)
    server.addHook('onRequest', async (request, reply) => {
      allowEverySite(request, reply)
      request.raw.headers['content-type'] = 'application/octet-stream'
      if (request.method === 'POST') return bodies.begin(request, reply)
    })
    server.addHook('preHandler', async (request) => bodies.arrived(request))
    server.addHook('onResponse', async (request) => bodies.end(request))
    server.addHook('onRequestAbort', async (request) => bodies.end(request))
    server.setErrorHandler((error, request, reply) => told(error, request, reply))
    server.addHook('onResponse', async (request, reply) => {
      const { statusCode } = reply
      if (request.method === 'POST' && statusCode >= 400) {
        options.telemetry.refused(statusCode === 429 || statusCode >= 500)
      }
    })

    server.options('/v1/*', (_request, reply) => reply.status(204).send())
    const paths = [...endpoints.map((name) => [name, name] as const), ...Object.entries(shortNames)]
    for (const [path, endpoint] of paths) {
      server.post(`/v1/${path}`, (request, reply) => take(options, endpoint, request, reply))
    }
    server.get<{ Params: { key: string } }>('/v1/projects/:key/settings', async (request, reply) =>
      settingsOf(options, request.params.key, request, reply),
    )
  }
}

async function take(
  { ingestion, writeKeys, clock, telemetry }: EventRoutes,
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const receivedAtMs = clock.now().epochMilliseconds
  // An unknown key must not make us unpack and parse; where the header has none, the body has.
  const named = basicUser(request.headers.authorization)
  let workspaceId = named === null ? null : await writeKeys.workspaceOf(named)
  if (named !== null && workspaceId === null) throw new Failure('WRITE_KEY_UNKNOWN')
  const bytes = await unpacked(request)
  if (ingestion.isBehind(bytes.length))
    throw new Failure('EVENTS_BEHIND', { seconds: retryAfterSeconds })
  const body = parseBody(bytes)
  workspaceId ??= await writeKeys.workspaceOf(keyOf(body))
  if (workspaceId === null) throw new Failure('WRITE_KEY_UNKNOWN')

  // The number only names messages without an id; it is settled in the journal.
  const { messages, rejections } = readMessages(body, { endpoint, receivedAtMs, number: 0 })
  if (messages.length > 0) await ingestion.take(workspaceId, endpoint, bytes, receivedAtMs)
  else if (rejections.length > 0) return rejected(rejections, reply)
  telemetry.acknowledged(messages.length, rejections.length, reply.elapsedTime)
  if (rejections.length === 0) return reply.send('{"success":true}')
  return reply.send({ success: true, accepted: messages.length, rejected: rejections.map(shown) })
}

const shown = ({ index, messageId, code, says }: Rejection) => ({
  index,
  messageId,
  code,
  what: says,
})

function rejected(rejections: readonly Rejection[], reply: FastifyReply): FastifyReply {
  const problems = rejections.map(({ index, code, says }): Problem => {
    return {
      code,
      text: { en: `event ${index}: ${says.en}`, ja: `${index} 番目: ${says.ja}` },
      suggestions: [],
    }
  })
  const [first] = rejections
  const details = { problem: first?.says.en ?? '', problemJa: first?.says.ja ?? '' }
  const data = errorData('EVENTS_REJECTED', details, problems)
  const { status } = errorRegistry.EVENTS_REJECTED
  return reply.status(status).send({
    success: false,
    defined: true,
    code: 'EVENTS_REJECTED',
    status,
    message: data.what.en,
    data,
    accepted: 0,
    rejected: rejections.map(shown),
  })
}

/** The user name of Basic authorization; null when there is none. */
function basicUser(authorization: string | undefined): string | null {
  const found = /^Basic\s+([A-Za-z0-9+/=_-]+)\s*$/i.exec(authorization ?? '')?.[1]
  if (found === undefined) return null
  const user = Buffer.from(found, 'base64').toString('utf8').split(':', 1)[0] ?? ''
  return user === '' ? null : user
}

/** The write key in a body, of the batch or of its first event. */
function keyOf({ json }: Body): string {
  if (typeof json.writeKey === 'string') return json.writeKey
  const first: unknown = Array.isArray(json.batch) ? json.batch[0] : undefined
  const isNamed = typeof first === 'object' && first !== null && 'writeKey' in first
  return isNamed && typeof first.writeKey === 'string' ? first.writeKey : ''
}

const unzip = promisify(gunzip)

/** The body as it was before it was packed. @throws BodyFault; Failure BODY_TOO_LARGE */
async function unpacked(request: FastifyRequest): Promise<Buffer> {
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
  if (!['identity', '', 'gzip', 'x-gzip'].includes(encoding)) {
    throw new BodyFault('ENCODING_UNKNOWN', encoding.slice(0, 50))
  }
  // No JSON begins like gzip does, so that it is known even where it is not labelled.
  if (!isGzip) {
    if (encoding.endsWith('gzip')) throw new BodyFault('NOT_GZIP')
    return bytes
  }
  try {
    return await unzip(bytes, { maxOutputLength: limits.bodyBytes })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge()
    throw new BodyFault('NOT_GZIP')
  }
}

/** Refusals that pass by themselves or once somebody has mended something, and after how many seconds to try. */
const passing: Partial<Record<ErrorCode, string>> = {
  EVENTS_BEHIND: retryAfterSeconds,
  STORE_UNAVAILABLE: '5',
  DATA_FOLDER_FULL: '30',
}

const tooLarge = () => new Failure('BODY_TOO_LARGE', { limit: String(limits.bodyBytes) })

/** An error in the words of the registry, for refusals of every kind. */
function told(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  if (error instanceof BodyFault) {
    return refuse(reply, 'EVENTS_UNREADABLE', { problem: error.says.en, problemJa: error.says.ja })
  }
  const isTooLarge =
    error instanceof Error && 'statusCode' in error && error.statusCode === tooLarge().status
  if (isTooLarge) return refuse(reply, 'BODY_TOO_LARGE', tooLarge().details)
  const failure = failureOf(error)
  const seconds = failure === null ? undefined : passing[failure.code]
  if (seconds !== undefined) reply.header('retry-after', failure?.details.seconds ?? seconds)
  request.log.debug({ err: error }, 'events were refused')
  throw error
}

/** Browsers may send from any page, with whatever headers: the write key says what is allowed. */
function allowEverySite(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers({
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': 'no-store',
    'content-type': 'application/json; charset=utf-8',
  })
  if (request.method !== 'OPTIONS') return
  reply.headers({
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-allow-headers':
      request.headers['access-control-request-headers'] ?? 'authorization, content-type',
    'access-control-max-age': '86400',
    // The page may be on the network, and this server is on the machine.
    'access-control-allow-private-network': 'true',
  })
}

/** Bodies that are on their way: not too many at once, and none for too long. */
class Bodies {
  readonly #withinMs: number
  readonly #underway = new Map<FastifyRequest, NodeJS.Timeout>()

  constructor(withinMs: number) {
    this.#withinMs = withinMs
  }

  begin(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
    if (this.#underway.size >= bodiesAtOnce) {
      reply.header('retry-after', retryAfterSeconds)
      return refuse(reply, 'EVENTS_BEHIND', { seconds: retryAfterSeconds })
    }
    const timer = setTimeout(() => {
      this.end(request)
      reply.header('connection', 'close')
      void refuse(reply, 'BODY_TOO_SLOW', { seconds: String(this.#withinMs / 1000) }).then(
        () => request.raw.destroy(),
        () => request.raw.destroy(),
      )
    }, this.#withinMs)
    timer.unref()
    this.#underway.set(request, timer)
    return undefined
  }

  /** The body is here; what follows is ours to be quick about. */
  arrived(request: FastifyRequest): void {
    clearTimeout(this.#underway.get(request))
  }

  end(request: FastifyRequest): void {
    clearTimeout(this.#underway.get(request))
    this.#underway.delete(request)
  }
}

/** What Segment's script for browsers asks before it sends anything: where to send to. */
async function settingsOf(
  { writeKeys, site = loopbackSite }: EventRoutes,
  key: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if ((await writeKeys.workspaceOf(key)) === null) throw new Failure('WRITE_KEY_UNKNOWN')
  const isSecure = requestedOrigin(request, site)?.startsWith('https:') ?? false
  return reply.send({
    integrations: {
      'Segment.io': {
        apiKey: key,
        apiHost: `${request.headers.host ?? 'localhost'}/v1`,
        // Behind TLS, events must not leave the page without it.
        protocol: isSecure ? 'https' : 'http',
        unbundledIntegrations: [],
        addBundledMetadata: false,
        maybeBundledConfigIds: {},
        versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
      },
    },
    plan: { track: {}, identify: {}, group: {} },
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { sampleRate: 0 },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  })
}
