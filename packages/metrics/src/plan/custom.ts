import type { FactName } from '../custom/facts.ts'
import {
  type FactMeasure,
  factMeasureSchema,
  isCustomRecipe,
  type Operand,
} from '../custom/recipes.ts'
import type { MetricDefinition, SourceRecipe } from '../definition.ts'
import { factMeasureSource } from '../sources/fact-measure.ts'
import type { MeasureRef } from '../sources/registry.ts'
import type { Source } from '../sources/source.ts'
import { measureOfSource } from './figures.ts'

type Lowered = MetricDefinition & { readonly measure: SourceRecipe }

interface Path {
  readonly main: string
  /** Of a mean or a last: how many cases it is made of. */
  readonly cases: string
}

/**
 * Brings the recipes of custom metrics to recipes over measures, and holds the measures that these
 * name. All of one query are collected first, so that each fact is read once.
 */
export class CustomMeasures {
  readonly #byFact = new Map<FactName, Map<string, FactMeasure>>()
  readonly #catalogue: ReadonlyMap<string, MetricDefinition>
  #sources: ReadonlyMap<string, Source> | null = null
  #count = 0

  constructor(catalogue: ReadonlyMap<string, MetricDefinition>) {
    this.#catalogue = catalogue
  }

  /** The definition as a recipe over measures. @param definition any but a formula */
  lowered(definition: MetricDefinition): Lowered {
    const recipe = definition.measure
    if (!isCustomRecipe(recipe)) return { ...definition, measure: recipe }
    if (recipe.kind === 'formula') throw new Error(`${definition.key} is a formula.`)
    if (recipe.kind === 'fact') return this.#ofFact(definition, recipe.of)
    const over = this.#sumOf(recipe.over)
    const [base] = over.of
    if (base === undefined || over.of.length > 1) {
      throw new Error(`${definition.key} has no single base.`)
    }
    return {
      ...definition,
      measure: {
        kind: 'ratio',
        of: this.#sumOf(recipe.of).of,
        over: base,
        times: 1,
        whenZero: 'zero_denominator',
      },
      ...(over.n === undefined ? {} : { n: over.n }),
    }
  }

  /** The measure of a path of a lowered definition. */
  measureOf(path: string): MeasureRef {
    this.#sources ??= new Map(
      [...this.#byFact].map(([fact, measures]) => {
        const source = factMeasureSource(fact, measures)
        return [source.name, source]
      }),
    )
    const [sourceName = '', name = ''] = path.split('.')
    const source = this.#sources.get(sourceName)
    const measure = source?.measures[name]
    if (source === undefined || measure === undefined) return measureOfSource(path)
    return { source, name, measure }
  }

  #ofFact(definition: MetricDefinition, measure: FactMeasure): Lowered {
    const { main, cases } = this.#register(measure)
    switch (measure.statistic) {
      case 'records':
      case 'distinct':
      case 'sum':
        return { ...definition, measure: { kind: 'sum', of: [main] } }
      case 'mean':
      case 'last':
        return {
          ...definition,
          measure: {
            kind: 'ratio',
            of: [main],
            over: cases,
            times: 1,
            whenZero: 'zero_denominator',
          },
          n: cases,
        }
      case 'median':
      case 'days_since_last':
        return { ...definition, measure: { kind: 'quantile', of: main, level: 0.5 } }
      case 'p90':
        return { ...definition, measure: { kind: 'quantile', of: main, level: 0.9 } }
      case 'max':
        return { ...definition, measure: { kind: 'max', of: main } }
    }
  }

  /** The measures that an operand of a ratio adds up, and what its n counts. */
  #sumOf(operand: Operand): { readonly of: string[]; readonly n?: string | undefined } {
    if (!('metric' in operand)) {
      const { main } = this.#register(operand)
      return operand.statistic === 'sum' ? { of: [main] } : { of: [main], n: main }
    }
    const metric = this.#catalogue.get(operand.metric)
    const recipe = metric?.measure
    if (metric === undefined || recipe === undefined) {
      throw new Error(`There is no metric '${operand.metric}'.`)
    }
    if (recipe.kind === 'fact') return this.#sumOf(recipe.of)
    if (recipe.kind !== 'sum') throw new Error(`${operand.metric} is no sum.`)
    return { of: recipe.of, n: metric.n }
  }

  #register(measure: FactMeasure): Path {
    const measures = this.#byFact.get(measure.fact) ?? new Map<string, FactMeasure>()
    this.#byFact.set(measure.fact, measures)
    const source = `custom_${measure.fact}`
    // The same measure in several metrics is one.
    const says = JSON.stringify(factMeasureSchema.parse(measure))
    let id = [...measures].find(([, each]) => JSON.stringify(each) === says)?.[0]
    if (id === undefined) {
      id = `own${this.#count}`
      this.#count += 1
      measures.set(id, factMeasureSchema.parse(measure))
    }
    return { main: `${source}.${id}`, cases: `${source}.${id}_n` }
  }
}
