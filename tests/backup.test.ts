import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { plainEnvironment, type Running, runTomoshibi, start, tomoshibi } from './command.ts'

let folder: string
let data: string
let server: Running
let url: string
let stopped = false
const acknowledged: string[] = []
let sending: Promise<void>

const run = (args: readonly string[], more: NodeJS.ProcessEnv = {}) =>
  runTomoshibi([...args], { TOMOSHIBI_DATA: data, ...more })

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tomoshibi-backup-command-'))
  data = join(folder, 'data')
  const made = await run(['keys', 'create', 'site', '--json'])
  const { key } = z.object({ key: z.string() }).parse(JSON.parse(made.stdout))
  const env = plainEnvironment({ PORT: '0', TOMOSHIBI_DATA: data, TOMOSHIBI_DEMO: '0' })
  server = start(process.execPath, [tomoshibi, 'serve'], { env })
  const [address] = await server.says(/http:\/\/localhost:\d+/)
  url = address
  sending = send(key)
  while (acknowledged.length < 20) await sleep(20)
})
afterAll(async () => {
  stopped = true
  await sending
  server?.child.kill('SIGKILL')
  await server?.ended
  rmSync(folder, { recursive: true, force: true })
})

async function send(writeKey: string): Promise<void> {
  for (let n = 0; !stopped; n++) {
    const messageId = `m${n}`
    const event = { type: 'track', event: 'x', userId: 'u', context: { groupId: 'acme' } }
    const body = JSON.stringify({ ...event, messageId, writeKey })
    const answer = await fetch(`${url}/v1/track`, { method: 'POST', body }).catch(() => null)
    if (answer?.status === 200) acknowledged.push(messageId)
    await sleep(2)
  }
}

describe('backup and restore beside a server under load', () => {
  test('one that was killed leaves nothing that looks like a backup', async () => {
    for (const ms of [200, 500, 900]) {
      const args = [tomoshibi, 'backup', join(folder, 'killed.tar')]
      const env = plainEnvironment({ TOMOSHIBI_DATA: data })
      const taking = start(process.execPath, args, { env })
      await sleep(ms)
      taking.child.kill('SIGKILL')
      const { code } = await taking.ended
      if (code === 0) continue
      expect(existsSync(join(folder, 'killed.tar'))).toBe(false)
    }
    for (const name of readdirSync(folder).filter((each) => each.endsWith('.partial'))) {
      const ended = await run(['restore', join(folder, name), '--data', join(folder, 'none')])
      expect(ended.stderr).toContain('is not a whole backup')
    }
  })

  test('needs the token of the owner', async () => {
    const answer = await fetch(`${url}/api/backup`, { method: 'POST' })
    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ code: 'SIGN_IN_NEEDED' })
  })

  test('has all that was acknowledged, and restores where there is room', async () => {
    const file = join(folder, 'whole.tar')
    const before = acknowledged.length
    const taken = await run(['backup', file, '--json'])
    expect(taken).toMatchObject({ code: 0 })
    expect(JSON.parse(taken.stdout)).toMatchObject({ file })
    expect(acknowledged.length).toBeGreaterThan(before)
    const again = await run(['backup', file])
    expect(again.code).toBe(1)
    expect(again.stderr).toContain('it is there already')

    const owned = await run(['restore', file])
    expect(owned.code).toBe(1)
    expect(owned.stderr).toContain('is in use')
    const restored = join(folder, 'restored')
    const there = await run(['restore', file, '--data', restored])
    expect(there).toMatchObject({ code: 0, stdout: `${restored}\n` })
    const occupied = await run(['restore', file, '--data', restored, '--lang', 'ja'])
    expect(occupied.code).toBe(2)
    expect(occupied.stderr).toContain('--replace')

    const shown = await run(['workspace', 'show', '--json', '--data', restored])
    expect(JSON.parse(shown.stdout).factsKnownThrough).not.toBeNull()
    const well = await run(['doctor', '--json', '--data', restored])
    expect(JSON.parse(well.stdout).healthy).toBe(true)
  })
})
