/**
 * `npm run test:attacks [-- WORDS]`: takes every defence out once, and sees that a test fails without it. With words, only
 * those against attacks that hold them.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { type Defence, defences } from './defences.ts'

const report = z.object({
  testResults: z.array(
    z.object({ assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })) }),
  ),
})

const folder = mkdtempSync(join(tmpdir(), 'tomoshibi-attacks-'))
const outputFile = join(folder, 'report.json')

/** How many tests of its name failed without a defence. The whole file is run: its tests build on each other. */
function failuresWithout({ attack, test, named }: Defence): number {
  rmSync(outputFile, { force: true })
  const args = ['vitest', 'run', '--project', 'own stores', test]
  spawnSync('npx', [...args, '--reporter=json', `--outputFile=${outputFile}`], {
    env: { ...process.env, TOMOSHIBI_WITHOUT_DEFENCE: attack },
    stdio: 'ignore',
  })
  const { testResults } = report.parse(JSON.parse(readFileSync(outputFile, 'utf8')))
  const all = testResults.flatMap(({ assertionResults }) => assertionResults)
  return all.filter(({ status, fullName }) => status === 'failed' && fullName.includes(named))
    .length
}

const words = process.argv.slice(2).join(' ')
const chosen = defences.filter(({ attack }) => attack.includes(words))
let unseen = 0
for (const defence of chosen) {
  const failures = failuresWithout(defence)
  if (failures === 0) unseen += 1
  console.log(`${failures === 0 ? '✗ nothing fails without it:' : '✓'} ${defence.attack}`)
}
rmSync(folder, { recursive: true, force: true })
console.log(`${chosen.length - unseen} seen to fail, ${unseen} not`)
process.exitCode = unseen === 0 && chosen.length > 0 ? 0 : 1
