import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Scorecard, scorecardSchema } from '@tomoshibi/metrics/health/scorecard'
import { parse } from 'yaml'

/** The files of the built-in scorecards; the path is the same from the source and from the build. */
const folder = new URL('../../../src/measure/health/built-in/', import.meta.url)

const keys = ['standard']

export interface BuiltInScorecard {
  readonly yaml: string
  readonly scorecard: Scorecard
}

let read: ReadonlyMap<string, BuiltInScorecard> | null = null

/** The scorecards that every workspace has from the start, as their version 1. */
export function builtInScorecards(): ReadonlyMap<string, BuiltInScorecard> {
  read ??= new Map(
    keys.map((key) => {
      const yaml = readFileSync(fileURLToPath(new URL(`${key}.yaml`, folder)), 'utf8')
      return [key, { yaml, scorecard: scorecardSchema.parse({ ...parse(yaml), version: 1 }) }]
    }),
  )
  return read
}
