import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { takeOwnership } from '@tomoshibi/server/platform/owner'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const program = fileURLToPath(new URL('../bin/tomoshibi.js', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs the built command line in a process of its own. */
function start(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, LANG: 'en_US.UTF-8', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    texts.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    texts.err += text
  })
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, ...texts }))
  })
  const address = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const url = /http:\/\/localhost:\d+/.exec(texts.out)?.[0]
      if (url) resolve(url)
    })
    child.on('close', () => reject(new Error(`ended before it served:\n${texts.err}`)))
  })
  // Not every test waits for it.
  address.catch(() => {})
  return { child, ended, address, texts }
}

const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => start(args, env).ended

let folder: string
let data: string
let server: ReturnType<typeof start>
let url: string
const children: ChildProcess[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tomoshibi-cli-'))
  data = join(folder, 'data')
  server = start(['serve', '--no-demo', '--data', data])
  children.push(server.child)
  url = await server.address
})
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

describe('a server', () => {
  test('serves the page and the operations on loopback and says so', async () => {
    expect(server.texts.err).toContain('Only this machine can reach it')
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    const asNobody = await fetch(`${url}/api/accounts`)
    expect(await asNobody.json()).toMatchObject({ code: 'SIGN_IN_NEEDED' })
  })

  test('prints a link with which the first owner begins, as long as there is nobody', async () => {
    const link = new URL(/http:\S+/.exec(server.texts.out)?.[0] ?? '')
    expect(link.pathname).toBe('/set-up')
    const made = await fetch(`${url}/api/session/set-up`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        link: link.hash.slice(1),
        name: 'Olive',
        email: 'olive@example.com',
        password: 'seven lanterns by the river',
      }),
    })
    expect(await made.json()).toMatchObject({ state: 'signed_in', role: { key: 'owner' } })
    const cookie = made.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
    const accounts = await fetch(`${url}/api/accounts`, { headers: { cookie } })
    expect(await accounts.json()).toEqual({ total: 0, rows: [] })
    const { mode } = statSync(join(data, 'secret'))
    expect(mode & 0o077).toBe(0)
  })

  test('is what commands beside it talk to, imports included', async () => {
    const files = join(folder, 'accounts.csv')
    const mapping = join(folder, 'mapping.yaml')
    writeFileSync(files, 'account_id,name\na1,あかり\n')
    writeFileSync(
      mapping,
      'version: 1\nfiles:\n  - file: accounts.csv\n    target: accounts\n    id: account_id\n    account: account_id\n    attributes: { name: name }\n',
    )
    const imported = await run(['import', files, '--mapping', mapping, '--data', data, '--json'])
    expect(imported.err).not.toContain('in use')
    expect(JSON.parse(imported.out)).toMatchObject({ files: [{ read: 1, stored: 1 }] })
    const listed = await run(['accounts', 'list', '--json', '--data', data])
    expect(JSON.parse(listed.out)).toMatchObject({ total: 1, rows: [{ id: 'a1', name: 'あかり' }] })
    const set = await run(['--data', data, 'workspace', 'set', '--name', 'Mine', '--json'])
    expect(JSON.parse(set.out)).toMatchObject({ name: 'Mine' })
  })

  test('that is killed while a command waits is told as that', async () => {
    // Stands in for the server that dies: healthy, then gone in the middle of a call.
    const dying = createServer((request, response) => {
      if (request.url === '/healthz') response.end('{}')
      else request.socket.destroy()
    })
    await new Promise<void>((resolve) => dying.listen(0, '127.0.0.1', resolve))
    const address = dying.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const taken = join(folder, 'dying')
    mkdirSync(taken)
    const owner = takeOwnership(taken, '2026-11-21T00:00:00Z')
    if ('owner' in owner) throw new Error('the folder is new')
    owner.announce({ host: '127.0.0.1', port })
    const listed = await run(['accounts', 'list', '--data', taken])
    expect(listed.code).toBe(1)
    expect(listed.err).toContain(`The server at http://127.0.0.1:${port} went away`)
    owner.release()
    dying.close()
  })

  test('tells errors to commands beside it in the same words and with the same exit code', async () => {
    const { code, out, err } = await run(['metrics', 'query', 'nrrr', '--data', data])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain("There is no metric 'nrrr'.")
    expect(err).toContain('Did you mean')
  })

  test('owns its folder and its port', async () => {
    const { port } = new URL(url)
    const samePort = await run(['serve', '--no-demo', '--data', join(folder, 'other')], {
      PORT: port,
    })
    expect(samePort.code).toBe(1)
    expect(samePort.err).toContain(`Port ${port} is in use`)
    const sameFolder = await run(['serve', '--no-demo', '--data', data])
    expect(sameFolder.code).toBe(1)
    expect(sameFolder.err).toContain(`is in use by process ${server.child.pid}`)
  })

  test('is what the doctor asks, and it says when there is trouble', async () => {
    const well = await run(['doctor', '--json', '--data', data])
    expect(JSON.parse(well.out)).toMatchObject({ healthy: true })
    expect(well.code).toBe(0)
    const told = await run(['doctor', '--data', data])
    expect(told.out).toContain(`Process ${server.child.pid} has the folder`)
    const other = join(folder, 'ill')
    mkdirSync(other)
    const ill = await run(['doctor', '--data', other, '--lang', 'ja'], {
      DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
    })
    expect(ill.code).toBe(1)
    expect(ill.out).toContain('✗ 異常: ')
    expect(ill.out).toContain('→ ')
    expect(ill.err).toBe('')
  })

  test('ends with 0 when it is asked to, and its data is there without it', async () => {
    server.child.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
    const listed = await run(['accounts', 'list', '--json', '--data', data])
    expect(JSON.parse(listed.out)).toMatchObject({ total: 1 })
  })

  test('waits at a stop for a request that runs, and ends at once at a second signal', async () => {
    const waiting = start(['serve', '--no-demo', '--data', data])
    children.push(waiting.child)
    const { port } = new URL(await waiting.address)
    // Half a body: the server has to wait for the rest.
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => {})
    await new Promise<void>((resolve) => {
      const head =
        'POST /v1/batch HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99\r\n\r\n{"batch":'
      socket.write(head, () => resolve())
    })
    await sleep(300)
    waiting.child.kill('SIGTERM')
    await sleep(1_000)
    expect(waiting.texts.err).toContain('Stopping')
    expect(waiting.child.exitCode).toBeNull()
    waiting.child.kill('SIGTERM')
    const startedMs = performance.now()
    expect((await waiting.ended).code).toBeNull()
    expect(performance.now() - startedMs).toBeLessThan(1_000)
    socket.destroy()
    const listed = await run(['accounts', 'list', '--json', '--data', data])
    expect(JSON.parse(listed.out)).toMatchObject({ total: 1 })
  })

  test('stopped while it starts, it ends as well', async () => {
    const starting = start(['serve', '--data', data])
    children.push(starting.child)
    await new Promise<void>((resolve) => starting.child.stderr.once('data', () => resolve()))
    starting.child.kill('SIGINT')
    expect((await starting.ended).code).toBe(0)
  })
})

describe('the process of a command', () => {
  test.each([
    [['metrics', 'query', 'mrr', '--on', 'tomorrow'], {}, 2],
    [['nothing'], {}, 2],
    [['accounts', 'list'], { PORT: 'eighty' }, 2],
    [['--version'], {}, 0],
  ])('%j with %j exits with %i and keeps stdout clean', async (args, env, code) => {
    const ended = await run(args, env)
    expect(ended.code).toBe(code)
    if (code !== 0) expect(ended.out).toBe('')
  })

  test('is quiet when its reader goes away', async () => {
    const shell = spawn(
      'sh',
      ['-c', `"${process.execPath}" "${program}" metrics list --data "${data}" | head -1`],
      { env: { ...process.env, LANG: 'en_US.UTF-8' } },
    )
    let text = ''
    shell.stderr.on('data', (part) => {
      text += part
    })
    await new Promise((resolve) => shell.on('close', resolve))
    expect(text).toBe('')
  })
})
