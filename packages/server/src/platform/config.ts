import { isIP } from 'node:net'
import { resolve } from 'node:path'
import * as z from 'zod'
import { Failure } from '../call/failure.ts'
import { isLoopbackHost } from './address.ts'

/** What the environment says. Only this file reads it. */
export interface Config {
  /** Address of the network on which the server listens. */
  readonly host: string
  /** Origins under which browsers reach it, the one for links first; none where only this machine does. */
  readonly publicUrls: readonly string[]
  /** Addresses and networks of proxies whose X-Forwarded-For counts. */
  readonly trustedProxies: readonly string[]
  /** Addresses and networks that webhooks may reach although they are private. */
  readonly webhookPrivate: readonly string[]
  /** Port of the server; 0 lets the system choose. */
  readonly port: number
  /** Absolute path of the data folder. */
  readonly dataDir: string
  /** A ClickHouse to use instead of one of our own. */
  readonly clickhouseUrl: string | null
  /** A PostgreSQL to use instead of one of our own. */
  readonly databaseUrl: string | null
  /** Bound of the embedded fact engine, in bytes; null for the engine's default. */
  readonly factsMemoryBytes: number | null
  readonly logLevel: LogLevel
  /** Whether an empty data folder is filled with a demonstration company. */
  readonly demo: boolean
  /** Keys of the sealed secrets, base64; null where they are in a file. */
  readonly secretKey: string | null
  /** Absolute path of the file with them; null for the one of the data folder. */
  readonly secretKeyFile: string | null
  /** Within which a server that was asked to stop must have stopped. */
  readonly stopWithinMs: number
}

/** What holds for an installation beside its stores. */
export type Installation = Pick<
  Config,
  'dataDir' | 'secretKey' | 'secretKeyFile' | 'publicUrls' | 'port' | 'webhookPrivate'
>

/** An installation that says nothing but where its data are. */
export const installationAt = (dataDir: string): Installation => ({
  dataDir,
  secretKey: null,
  secretKeyFile: null,
  publicUrls: [],
  webhookPrivate: [],
  port: 4747,
})

const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

const units = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 } as const
/** Less than this and the engine cannot even load its own tables. */
const leastMemoryBytes = 400 * units.M

const memory = z
  .string()
  .regex(/^\d+(\.\d+)?\s*([KMG](i?B)?)?$/i, 'give a size such as 2G or 1500M')
  .transform((text) => {
    const unit = /[KMG]/i.exec(text)?.[0].toUpperCase()
    const factor = unit === 'K' || unit === 'M' || unit === 'G' ? units[unit] : 1
    return Math.round(Number.parseFloat(text) * factor)
  })
  .refine((bytes) => bytes >= leastMemoryBytes, 'must be at least 400M')

const address = (problem: string, ...schemes: string[]) =>
  z.string().refine((text) => {
    const scheme = URL.canParse(text) ? new URL(text).protocol : null
    return scheme !== null && schemes.includes(scheme) && isDecodable(text)
  }, problem)

/** Whether each % begins an escape; a password may have one that should have been written %25. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

const list = (isRight: (text: string) => boolean, problem: string) =>
  z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
    .refine((parts) => parts.every(isRight), problem)

/** Whether it is a whole origin, written as browsers write it. */
const isOrigin = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const kind = isIP(address)
  if (kind === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (kind === 4 ? 32 : 128))
}

/** Each variable with what may stand in it. An empty one counts as not given. */
const variables = z.object({
  PORT: z
    .string()
    .regex(/^\d+$/, 'must be a number from 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65_535, 'must be a number from 0 to 65535')
    .default(4747),
  TOMOSHIBI_HOST: z
    .string()
    .refine((text) => isIP(text) !== 0, 'must be an address of this machine, such as 0.0.0.0')
    .default('127.0.0.1'),
  TOMOSHIBI_PUBLIC_URL: list(
    isOrigin,
    'must be an address such as https://cs.example.com, without a path; several with commas',
  ),
  TOMOSHIBI_TRUSTED_PROXY: list(
    isNetwork,
    'must be addresses or networks such as 10.0.0.5 or 10.0.0.0/24, with commas',
  ),
  TOMOSHIBI_WEBHOOK_PRIVATE: list(
    isNetwork,
    'must be addresses or networks such as 10.0.0.5 or 10.0.0.0/24, with commas',
  ),
  TOMOSHIBI_PLAIN_HTTP: z.stringbool({ error: 'must be 1 or 0' }).default(false),
  TOMOSHIBI_DATA: z.string().default('./data'),
  CLICKHOUSE_URL: address(
    'must be an address such as http://user:password@host:8123/database',
    'http:',
    'https:',
  ).optional(),
  DATABASE_URL: address(
    'must be an address such as postgresql://user:password@host:5432/database',
    'postgres:',
    'postgresql:',
  ).optional(),
  TOMOSHIBI_MEMORY: memory.optional(),
  TOMOSHIBI_LOG: z
    .enum(logLevels, { error: `must be one of ${logLevels.join(', ')}` })
    .default('info'),
  TOMOSHIBI_STOP_SECONDS: z
    .string()
    .regex(/^\d{1,4}$/, 'must be a number of seconds from 0 to 9999')
    .transform(Number)
    .default(25),
  TOMOSHIBI_DEMO: z.stringbool({ error: 'must be 1 or 0' }).default(true),
  TOMOSHIBI_SECRET_KEY: z.string().optional(),
  TOMOSHIBI_SECRET_KEY_FILE: z.string().optional(),
})
/** Passwords and cookies would cross the network for everybody to read. */
const isPlainOnNetwork = ({ TOMOSHIBI_HOST, TOMOSHIBI_PUBLIC_URL }: z.infer<typeof variables>) =>
  !isLoopbackHost(TOMOSHIBI_HOST) &&
  (TOMOSHIBI_PUBLIC_URL.length === 0 ||
    TOMOSHIBI_PUBLIC_URL.some((url) => !url.startsWith('https:')))

const environment = variables
  .refine((given) => given.TOMOSHIBI_PLAIN_HTTP || !isPlainOnNetwork(given), {
    path: ['TOMOSHIBI_HOST'],
    error:
      'others would reach the server without TLS: put a proxy with TLS in front and give its https address in TOMOSHIBI_PUBLIC_URL, or say TOMOSHIBI_PLAIN_HTTP=1',
  })
  .refine(
    (given) =>
      given.TOMOSHIBI_SECRET_KEY === undefined || given.TOMOSHIBI_SECRET_KEY_FILE === undefined,
    { path: ['TOMOSHIBI_SECRET_KEY_FILE'], error: 'cannot be given beside TOMOSHIBI_SECRET_KEY' },
  )

/**
 * Reads the environment.
 *
 * @param from the variables; the process's own unless told otherwise.
 * @param cwd what a relative data folder is relative to.
 * @throws Failure BAD_CONFIGURATION that names the first variable that is wrong, with all of them as its
 *   problems. Their values are not repeated, since they may hold passwords.
 */
export function readConfig(
  from: Readonly<Record<string, string | undefined>> = process.env,
  cwd: string = process.cwd(),
): Config {
  const given = Object.entries(from).filter(([, value]) => value?.trim())
  const parsed = environment.safeParse(Object.fromEntries(given))
  if (!parsed.success) throw badConfiguration(parsed.error)
  const env = parsed.data
  return {
    host: env.TOMOSHIBI_HOST,
    publicUrls: env.TOMOSHIBI_PUBLIC_URL,
    trustedProxies: env.TOMOSHIBI_TRUSTED_PROXY,
    webhookPrivate: env.TOMOSHIBI_WEBHOOK_PRIVATE,
    port: env.PORT,
    dataDir: resolve(cwd, env.TOMOSHIBI_DATA),
    clickhouseUrl: env.CLICKHOUSE_URL ?? null,
    databaseUrl: env.DATABASE_URL ?? null,
    factsMemoryBytes: env.TOMOSHIBI_MEMORY ?? null,
    logLevel: env.TOMOSHIBI_LOG,
    demo: env.TOMOSHIBI_DEMO,
    secretKey: env.TOMOSHIBI_SECRET_KEY ?? null,
    secretKeyFile:
      env.TOMOSHIBI_SECRET_KEY_FILE === undefined
        ? null
        : resolve(cwd, env.TOMOSHIBI_SECRET_KEY_FILE),
    stopWithinMs: env.TOMOSHIBI_STOP_SECONDS * 1000,
  }
}

function badConfiguration(error: z.ZodError): Failure {
  const wrong = error.issues.map(({ path, message }) => ({
    name: path.join('.'),
    problem: message,
  }))
  const problems = wrong.map(({ name, problem }) => ({
    code: 'BAD_CONFIGURATION',
    text: { en: `${name}: ${problem}`, ja: `${name}: ${problem}` },
    suggestions: [],
  }))
  return new Failure('BAD_CONFIGURATION', wrong[0] ?? {}, problems)
}
