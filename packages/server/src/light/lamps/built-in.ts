import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { type LampDefinition, lampDefinitionSchema } from './definition.ts'

/** The files of the built-in lamps; the path is the same from the source and from the build. */
const folder = new URL('../../../src/light/lamps/built-in/', import.meta.url)

const keys = [
  'falling_use',
  'low_use_before_renewal',
  'silence',
  'detractor',
  'overdue_invoice',
  'onboarding_overdue',
]

let read: readonly LampDefinition[] | null = null

/** The lamps that every workspace has. */
export function builtInLamps(): readonly LampDefinition[] {
  read ??= keys.map((key) => lampDefinitionSchema.parse(parse(builtInYaml(key))))
  return read
}

/** A built-in lamp as it is written, which serves as an example for one's own. */
export function builtInYaml(key: string): string {
  return readFileSync(fileURLToPath(new URL(`${key}.yaml`, folder)), 'utf8')
}
