import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixedClock, systemClock, todayIn } from './clock.ts'
import { readConfig } from './config.ts'
import { createLog, logFile } from './log.ts'
import { checkPort } from './port.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tomoshibi-platform-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('the clock', () => {
  it('says what day it is in a zone', () => {
    const clock = fixedClock('2026-03-31T15:00:00Z')
    expect(todayIn(clock, 'Asia/Tokyo').toString()).toBe('2026-04-01')
    expect(todayIn(clock, 'America/New_York').toString()).toBe('2026-03-31')
  })

  it('moves when it is the machine’s', () => {
    const before = systemClock.now()
    expect(systemClock.now().epochNanoseconds).toBeGreaterThanOrEqual(before.epochNanoseconds)
  })
})

describe('the configuration', () => {
  it('has a default for everything, and takes an empty variable for one not given', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: ' ' }, '/home/me')).toEqual({
      host: '127.0.0.1',
      publicUrls: [],
      trustedProxies: [],
      webhookPrivate: [],
      port: 4747,
      dataDir: '/home/me/data',
      clickhouseUrl: null,
      databaseUrl: null,
      factsMemoryBytes: null,
      logLevel: 'info',
      demo: true,
      secretKey: null,
      secretKeyFile: null,
      stopWithinMs: 25_000,
    })
  })

  it('reads what is given', () => {
    const env = {
      PORT: '8080',
      TOMOSHIBI_HOST: '0.0.0.0',
      TOMOSHIBI_PUBLIC_URL: 'https://cs.example.com, https://cs.example.jp:8443',
      TOMOSHIBI_TRUSTED_PROXY: '10.0.0.0/8,::1',
      TOMOSHIBI_WEBHOOK_PRIVATE: '10.1.0.0/16',
      TOMOSHIBI_DATA: '/var/lib/tomoshibi',
      CLICKHOUSE_URL: 'https://u:p@ch:8443/facts?cluster=all',
      DATABASE_URL: 'postgres://u:p@pg/state',
      TOMOSHIBI_MEMORY: '1.5G',
      TOMOSHIBI_LOG: 'debug',
      TOMOSHIBI_DEMO: '0',
      TOMOSHIBI_SECRET_KEY_FILE: 'keys/secret',
      TOMOSHIBI_STOP_SECONDS: '90',
    }
    expect(readConfig(env, '/home/me')).toEqual({
      host: '0.0.0.0',
      publicUrls: ['https://cs.example.com', 'https://cs.example.jp:8443'],
      trustedProxies: ['10.0.0.0/8', '::1'],
      webhookPrivate: ['10.1.0.0/16'],
      port: 8080,
      dataDir: '/var/lib/tomoshibi',
      clickhouseUrl: env.CLICKHOUSE_URL,
      databaseUrl: env.DATABASE_URL,
      factsMemoryBytes: 1.5 * 2 ** 30,
      logLevel: 'debug',
      demo: false,
      secretKey: null,
      secretKeyFile: '/home/me/keys/secret',
      stopWithinMs: 90_000,
    })
  })

  it.each([
    ['PORT', '70000'],
    ['PORT', '-1'],
    ['PORT', '80a'],
    ['CLICKHOUSE_URL', 'clickhouse://secret@host'],
    ['DATABASE_URL', 'mysql://u:secret@host/db'],
    ['DATABASE_URL', 'secret'],
    ['DATABASE_URL', 'postgresql://u:100%secret@host/db'],
    ['TOMOSHIBI_MEMORY', 'lots'],
    ['TOMOSHIBI_MEMORY', '10M'],
    ['TOMOSHIBI_LOG', 'loud'],
    ['TOMOSHIBI_DEMO', 'maybe'],
    ['TOMOSHIBI_STOP_SECONDS', 'soon'],
  ])('refuses %s=%s by name, without repeating it', (name, value) => {
    const read = () => readConfig({ [name]: value }, '/')
    expect(read).toThrow(
      expect.objectContaining({
        code: 'BAD_CONFIGURATION',
        details: { name, problem: expect.any(String) },
        message: expect.not.stringContaining('secret'),
      }),
    )
  })

  it('takes the key of secrets from one place only', () => {
    const read = () =>
      readConfig({ TOMOSHIBI_SECRET_KEY: 'a', TOMOSHIBI_SECRET_KEY_FILE: 'b' }, '/')
    expect(read).toThrow(expect.objectContaining({ code: 'BAD_CONFIGURATION' }))
  })

  it('names all that is wrong at once', () => {
    const read = () => readConfig({ PORT: 'x', TOMOSHIBI_MEMORY: 'y' }, '/')
    expect(read).toThrow(
      expect.objectContaining({ problems: [expect.anything(), expect.anything()] }),
    )
  })
})

describe('a port', () => {
  it('that another program has is refused by number; a free one is not', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await expect(checkPort(port, '127.0.0.1')).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      details: { port: String(port) },
    })
    await new Promise((resolve) => other.close(resolve))
    await checkPort(port, '127.0.0.1')
  })
})

describe('the log', () => {
  it('keeps secrets out', () => {
    const log = createLog(folder, { level: 'info' })
    log.info({ url: 'postgresql://u:hush@h/d', owner: { token: 'hush' } }, 'started')
    log.debug('not at this level')
    const lines = readFileSync(logFile(folder), 'utf8').trim().split('\n')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('started')
    expect(lines[0]).not.toContain('hush')
  })

  it('is for the user alone who runs the program', () => {
    createLog(folder, { level: 'info' })
    expect(statSync(logFile(folder)).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'log')).mode & 0o777).toBe(0o700)
  })

  it('is two files of bounded length at most', () => {
    writeFileSync(logFile(folder), 'x'.repeat(900))
    const log = createLog(folder, { level: 'info', longestBytes: 1_000 })
    for (let n = 0; n < 40; n += 1) log.info({ n }, 'one of many lines')
    for (const path of [logFile(folder), `${logFile(folder)}.1`]) {
      expect(statSync(path).size).toBeLessThan(1_200)
    }
    expect(readFileSync(logFile(folder), 'utf8')).toContain('"n":39')
  })
})
