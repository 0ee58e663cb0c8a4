import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '@tomoshibi/server/call/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runHere } from '../testing.ts'

let operations: TestOperations
let workspace: TestWorkspace
let folder: string
beforeAll(async () => {
  operations = await startTestOperations()
  workspace = operations.workspace()
  folder = mkdtempSync(join(tmpdir(), 'tomoshibi-metrics-'))
})
afterAll(async () => {
  await operations.stop()
  rmSync(folder, { recursive: true, force: true })
})

const run = (args: readonly string[], language: 'en' | 'ja' = 'en') =>
  runHere(args, {
    connect: async () => ({ client: workspace.caller, close: async () => {} }),
    language,
  })

const examples = 'examples/metrics'

describe('metrics of ones own', () => {
  test('are applied from a folder, listed, and exported to the same files', async () => {
    const told = await run(['metrics', 'apply', examples, '--dry-run'])
    expect(told.code).toBe(0)
    expect(told.out).toMatch(/^created +incidents_28d +1 +Incidents \(28 days\) +examples/m)
    expect(told.out).toContain('Nothing was changed (--dry-run).')
    expect((await run(['metrics', 'export', '--json'])).out.trim()).toBe('[]')

    expect((await run(['metrics', 'apply', examples])).out).toMatch(/^created +report_share/m)
    expect((await run(['metrics', 'apply', examples], 'ja')).out).toMatch(
      /^変更なし +report_share/m,
    )
    expect((await run(['metrics', 'list'])).out).toMatch(/^incidents_per_100_users/m)

    const out = join(folder, 'deep', 'out')
    const exported = await run(['metrics', 'export', '--out', out])
    expect(exported.out).toContain(`${join(out, 'report_share.yaml')}  (v1)`)
    expect(readdirSync(out).toSorted()).toEqual(readdirSync(examples).toSorted())
    for (const name of readdirSync(out)) {
      expect(readFileSync(join(out, name)).equals(readFileSync(join(examples, name))), name).toBe(
        true,
      )
    }
    const one = await run(['metrics', 'export', 'incidents_28d'])
    expect(one.out).toBe(readFileSync(join(examples, 'incidents_28d.yaml'), 'utf8'))
  })

  test('keep the bytes of their files: a mark at the start, line ends, no last line end', async () => {
    const bytes = `\ufeff# 印\r\n${readFileSync(join(examples, 'incidents_28d.yaml'), 'utf8')
      .replace('key: incidents_28d', 'key: marked')
      .replaceAll('\n', '\r\n')
      .trimEnd()}`
    const file = join(folder, 'marked.yaml')
    writeFileSync(file, bytes)
    expect((await run(['metrics', 'apply', file])).err).toBe('')
    await run(['metrics', 'export', 'marked', '--out', join(folder, 'again')])
    expect(readFileSync(join(folder, 'again', 'marked.yaml'))).toEqual(readFileSync(file))
  })

  test('are refused with the place of each mistake, and a way to mend', async () => {
    const wrong = join(folder, 'wrong')
    mkdirSync(wrong)
    const good = readFileSync(join(examples, 'incidents_28d.yaml'), 'utf8')
    writeFileSync(join(wrong, 'a.yaml'), good.replace('fact: tickets', 'fact: tikets'))
    writeFileSync(join(wrong, 'b.yml'), 'key: [')
    const { code, err } = await run(['metrics', 'apply', wrong])
    expect(code).toBe(2)
    expect(err).toContain(`${join(wrong, 'a.yaml')}:13:9  There is no fact 'tikets'`)
    expect(err).toContain('Did you mean tickets?')
    expect(err).toMatch(/b\.yml:\d+:\d+ {2}This is not YAML/)
    expect(err).toContain('nothing was changed')
  })

  test('are refused where there is no file, no folder, or no text', async () => {
    const nothing = join(folder, 'nothing')
    mkdirSync(nothing)
    expect((await run(['metrics', 'apply', nothing])).err).toContain('no .yaml file')
    const missing = await run(['metrics', 'apply', join(folder, 'missing.yaml')])
    expect(missing.code).toBe(1)
    expect(missing.err).toContain('missing.yaml')
    writeFileSync(join(folder, 'bytes.yaml'), Buffer.from([0xff, 0xfe, 0x00, 0x80]))
    expect((await run(['metrics', 'apply', join(folder, 'bytes.yaml')])).code).toBe(1)
    expect((await run(['metrics', 'export'])).code).toBe(2)
    expect((await run(['metrics', 'export', 'nobody'])).err).toContain("no metric 'nobody'")
  })

  test('are retired, unless something needs them', async () => {
    const needed = await run(['metrics', 'retire', 'incidents_28d'])
    expect(needed.err).toContain("'incidents_28d' is used by incidents_per_100_users.")
    const retired = await run(['metrics', 'retire', 'late_payment_share'])
    expect(retired.out).toContain('late_payment_share is retired after version 1.')
    expect((await run(['metrics', 'retire', 'late_payment_shar'])).err).toContain('no metric')
  })
})
