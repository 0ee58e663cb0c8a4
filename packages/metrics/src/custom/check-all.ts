import { checkFormula } from '../condition/check.ts'
import { namesIn } from '../condition/syntax.ts'
import type { MetricDefinition } from '../definition.ts'
import { formulaScope } from '../plan/figure-set.ts'
import { checkMetric, type NewDefinition } from './check.ts'
import { type MetricProblem, Problems } from './problem.ts'
import { readWritten } from './shape.ts'
import type { WrittenMetric } from './written.ts'

export interface WrittenFile {
  /** Tells it apart from all others. */
  readonly id: string
  /** What people call it. */
  readonly name: string
  /** What the file holds, read from its YAML. */
  readonly content: unknown
}

export interface FileProblem extends MetricProblem {
  /** The id of the file. */
  readonly file: string
}

export interface CheckRequest {
  /** All custom metrics of a workspace as they will be, each in a file. */
  readonly files: readonly WrittenFile[]
  readonly builtIn: ReadonlyMap<string, MetricDefinition>
  /** Keys of account attributes. */
  readonly attributes: readonly string[]
  /** Gives a definition its version; called for each metric after those that it is made of. */
  readonly versioned: (definition: NewDefinition, fileId: string) => MetricDefinition
}

interface Read {
  readonly id: string
  readonly name: string
  readonly written: WrittenMetric
  readonly problems: Problems
}

/**
 * Checks all custom metrics of a workspace together, so that they may be made of each other in any
 * order. Every problem of every file is returned.
 */
export const checkMetrics = (
  request: CheckRequest,
):
  | { readonly ok: true; readonly definitions: MetricDefinition[] }
  | { readonly ok: false; readonly problems: FileProblem[] } => {
  const all: { readonly id: string; readonly problems: Problems }[] = []
  const byKey = new Map<string, Read>()
  const broken = new Set<string>()
  for (const { id, name, content } of request.files) {
    const problems = new Problems()
    all.push({ id, problems })
    const written = readWritten(content, problems)
    if (written === null) {
      for (const key of keyIn(content)) broken.add(key)
      continue
    }
    const first = byKey.get(written.key)
    if (first === undefined) byKey.set(written.key, { id, name, written, problems })
    else {
      problems.add(['key'], 'NAME_TAKEN', {
        en: `'${written.key}' is the key of ${first.name} as well.`,
        ja: `「${written.key}」は ${first.name} のキーでもあります。`,
      })
    }
  }
  const catalogue = new Map(request.builtIn)
  const definitions: MetricDefinition[] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (read: Read, way: readonly string[]): void => {
    const { key } = read.written
    state.set(key, 'open')
    for (const name of namesOf(read.written, byKey)) {
      const next = byKey.get(name)
      if (next === undefined || request.builtIn.has(name)) continue
      if (state.get(name) === 'open') {
        const round = [...way.slice(Math.max(0, way.indexOf(name))), key, name]
        read.problems.add([read.written.formula === undefined ? 'ratio' : 'formula'], 'CYCLE', {
          en: `It goes round in a circle: ${round.join(' → ')}.`,
          ja: `循環しています: ${round.join(' → ')}。`,
        })
      } else if (state.get(name) === undefined) visit(next, [...way, key])
    }
    state.set(key, 'done')
    if (read.problems.all.length > 0) return
    const { attributes, builtIn } = request
    // What could not be checked is left out of the catalogue; whoever is made of it waits for it.
    const missing = namesOf(read.written, byKey).some(
      (name) => byKey.has(name) && !catalogue.has(name),
    )
    if (missing || wordsOf(read.written).some((word) => broken.has(word))) return
    const checked = checkMetric(read.written, catalogue, builtIn, attributes, read.problems)
    if (checked === null) return
    const definition = request.versioned(checked, read.id)
    catalogue.set(key, definition)
    definitions.push(definition)
  }
  for (const read of byKey.values()) {
    if (state.get(read.written.key) === undefined) visit(read, [])
  }
  const problems = all.flatMap(({ id, problems: found }) =>
    found.all.map((problem) => ({ ...problem, file: id })),
  )
  return problems.length === 0 ? { ok: true, definitions } : { ok: false, problems }
}

/** The key of a file that is wrong otherwise. */
const keyIn = (content: unknown): string[] =>
  typeof content === 'object' &&
  content !== null &&
  'key' in content &&
  typeof content.key === 'string'
    ? [content.key]
    : []

/** Everything that might be the name of a metric. */
const wordsOf = ({
  formula = '',
  ratio,
}: Pick<WrittenMetric, 'formula' | 'ratio'>): readonly string[] => [
  ...(formula.match(/[A-Za-z_]\w*/g) ?? []),
  ...[ratio?.of, ratio?.over].flatMap((side) => (typeof side === 'string' ? [side] : [])),
]

/** The other custom metrics that one names, whatever else is wrong with it. */
const namesOf = (
  { formula, ratio }: WrittenMetric,
  byKey: ReadonlyMap<string, Read>,
): readonly string[] => {
  if (ratio !== undefined) {
    return [ratio.of, ratio.over].flatMap((side) => (typeof side === 'string' ? [side] : []))
  }
  if (formula === undefined) return []
  const words = new Set(wordsOf({ formula, ratio }))
  const candidates = [...byKey.keys()].filter((key) => words.has(key))
  const scope = formulaScope(candidates.map(stub))
  // Names within quotes are none; where the formula cannot be read, its words will do.
  const checked = checkFormula(formula, { names: scope })
  return checked.ok ? namesIn(checked.formula) : candidates
}

const stub = (key: string): Pick<MetricDefinition, 'key' | 'name' | 'unit'> => ({
  key,
  name: { en: key, ja: key },
  unit: 'count',
})
