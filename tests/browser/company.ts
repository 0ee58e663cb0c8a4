/** A small simulated company on a server of its own, as built. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { becomeOwner, browserCookies, setUpLink } from '../../scripts/owner.mjs'
import { freePort, plainEnvironment, runTomoshibi, start, tomoshibi } from '../command.ts'

export interface Company {
  /** Where its screens are, without a slash at the end. */
  readonly url: string
  /** Becomes the owner and gives what a browser needs in which they are signed in; once. */
  signIn(): Promise<ReturnType<typeof browserCookies>>
  /** The link with which the first owner begins. */
  readonly setUpLink: string
  stop(): Promise<void>
}

export interface Size {
  readonly accounts: number
  readonly months: number
  readonly seed: number
}

/** Simulates a company that ends today, imports it, and serves it. Lamps have been evaluated and verified then. */
export async function startCompany(size: Size): Promise<Company> {
  const folder = mkdtempSync(join(tmpdir(), 'tomoshibi-screens-'))
  const data = { TOMOSHIBI_DATA: join(folder, 'data'), TOMOSHIBI_DEMO: '0' }
  const files = join(folder, 'company')
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const succeeds = async (args: readonly string[]) => {
    const ended = await runTomoshibi(args, data)
    if (ended.code !== 0) throw new Error(`tomoshibi ${args.join(' ')}:\n${ended.stderr}`)
  }
  try {
    const numbers = Object.entries(size).flatMap(([name, value]) => [`--${name}`, String(value)])
    await succeeds(['simulate', ...numbers, '--out', files])
    await succeeds(['import', files, '--mapping', join(files, 'mapping.yaml')])
    await succeeds(['lamps', 'evaluate'])
    await succeeds(['evidence', 'check'])
    const port = await freePort()
    const server = start(process.execPath, [tomoshibi, 'serve'], {
      env: plainEnvironment({ ...data, PORT: String(port) }),
    })
    const stop = async () => {
      server.child.kill('SIGTERM')
      await server.ended
      remove()
    }
    const url = `http://localhost:${port}`
    try {
      const [link] = await server.says(setUpLink)
      const signIn = async () => browserCookies(await becomeOwner(link), url)
      return { url, signIn, setUpLink: link, stop }
    } catch (error) {
      await stop()
      throw error
    }
  } catch (error) {
    remove()
    throw error
  }
}
