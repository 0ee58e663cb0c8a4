import type { QualityFinding } from '@tomoshibi/contract/collect'
import type { Text } from '@tomoshibi/contract/text'
import type { Command } from 'commander'
import * as z from 'zod'
import { json } from '../output/json.ts'
import type { Terminal } from '../output/terminal.ts'
import { type Surroundings, verb, withClient } from '../verb.ts'

const words = {
  quality: { en: 'contradictions in the stored facts', ja: '取り込んだデータの矛盾を報告' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  none: { en: 'No contradictions found.', ja: '矛盾は見つかりませんでした。' },
} as const satisfies Record<string, Text>

const qualityOptions = z.object({ json: z.boolean().default(false) })

/** `quality`. */
export function addQuality(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  verb(program, 'quality', words.quality, terminal)
    .option('--json', terminal.say(words.json))
    .action(async (_options, command: Command) => {
      const options = qualityOptions.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const findings = await client.quality.report()
        terminal.out(options.json ? json(findings) : report(findings, terminal))
      })
    })
}

function report(findings: readonly QualityFinding[], terminal: Terminal): string {
  const { say } = terminal
  const found = findings.filter((finding) => finding.count > 0)
  if (found.length === 0) return `${say(words.none)}\n`
  const count = new Intl.NumberFormat(terminal.locale)
  return found
    .map((finding) => {
      const examples = finding.examples.map((example) => {
        const values = Object.entries(example.values).map(([name, value]) => `${name}=${value}`)
        const parts = [example.account ?? '', example.records.join(' '), ...values]
        return `    ${parts.filter((part) => part !== '').join('  ')}`
      })
      return [
        `${count.format(finding.count)}  ${say(finding.name)}  (${finding.check})`,
        `  ${say(finding.says)}`,
        ...examples,
        '',
      ].join('\n')
    })
    .join('\n')
}
