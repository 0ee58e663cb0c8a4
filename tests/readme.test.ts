import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { becomeOwner, setUpLink } from '../scripts/owner.mjs'
import { freePort, plainEnvironment, start } from './command.ts'

/** The lines of a page's `sh` blocks, in order. */
function commandsOf(page: string): string[] {
  const blocks = readFileSync(page, 'utf8').matchAll(/^```sh\n(.*?)^```/gms)
  return [...blocks].flatMap(([, block]) => (block ?? '').split('\n')).filter((line) => line !== '')
}

const commands = commandsOf('README.md')

/** What each command must print, by a part of the command. A command without an entry must only succeed. */
const prints: readonly (readonly [string, RegExp])[] = [
  ['simulate', /truth/],
  ['--dry-run', /contract_lines/],
  ['metrics list', /nrr/],
  ['metrics describe nrr --sql', /SELECT/],
  ['metrics query mrr --drill --json', /"metric": ?"mrr"/],
  ['lamps evaluate', /\d/],
  ['lamps evidence', /\d/],
]

/** The house as a clone shows it, without its data folder: the commands leave their files here. */
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tomoshibi-readme-'))
  for (const name of ['package.json', 'node_modules', 'packages', 'scripts', 'examples']) {
    symlinkSync(join(process.cwd(), name), join(folder, name))
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('both languages show the same commands', () => {
  expect(commandsOf('README.ja.md')).toEqual(commands)
})

async function starts(env: NodeJS.ProcessEnv): Promise<number> {
  const port = await freePort()
  const server = start('npm', ['start'], { cwd: folder, env: { ...env, PORT: String(port) } })
  try {
    // The port of the link is the one that was asked for.
    const [link] = await server.says(new RegExp(setUpLink.source.replace('\\d+', String(port))))
    const cookie = await becomeOwner(link)
    const page = await fetch(`http://localhost:${port}/`)
    expect(await page.text()).toContain('<title>Tomoshibi')
    const accounts = await fetch(`http://localhost:${port}/api/accounts?limit=1`, {
      headers: { cookie },
    })
    return z.object({ total: z.number() }).parse(await accounts.json()).total
  } finally {
    server.child.kill('SIGTERM')
    await server.ended
  }
}

test('every command does what the page says', async () => {
  const env = plainEnvironment()
  const accounts: number[] = []
  const ran: string[] = []
  for (const command of commands) {
    ran.push(command)
    const exported = /^export (\w+)=(.*)$/.exec(command)
    // `npm test` is what runs this.
    if (command === 'npm test') continue
    if (exported?.[1] !== undefined) {
      env[exported[1]] = exported[2]
    } else if (command === 'npm start') {
      accounts.push(await starts(env))
    } else {
      const ended = await start('sh', ['-c', command], { cwd: folder, env }).ended
      expect(ended.code, `${command}\n${ended.stderr}`).toBe(0)
      const expected = prints.find(([part]) => command.includes(part))
      if (expected) expect(ended.stdout + ended.stderr, command).toMatch(expected[1])
    }
  }
  expect(ran).toEqual(commands)
  // First the demonstration company, then the company that the tour imported.
  expect(accounts).toEqual([300, 40])
}, 600_000)
