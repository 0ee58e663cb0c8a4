import type { Answer } from '@tomoshibi/evidence/answer'
import { crudeEffect, standardisedEffect } from '@tomoshibi/evidence/causal/standardisation'
import type { Contrast, ExposureEffect } from '@tomoshibi/evidence/causal/study'
import {
  doublyRobustEffect,
  type WeightReport,
  weightedEffect,
} from '@tomoshibi/evidence/causal/weighting'
import { completeRows, pick } from '@tomoshibi/evidence/columns'
import { auc } from '@tomoshibi/evidence/discrimination/auc'
import { outcomeRateByBin } from '@tomoshibi/evidence/discrimination/bins'
import { averagePrecision } from '@tomoshibi/evidence/discrimination/ranking'
import { type EValue, eValue } from '@tomoshibi/evidence/experiment/e-value'
import { type CoxFit, coxRegression } from '@tomoshibi/evidence/survival/cox'
import { kaplanMeier } from '@tomoshibi/evidence/survival/kaplan-meier'
import { type Told, told } from '../told.ts'
import {
  badInput,
  columnOf,
  type FileTable,
  flagsOf,
  mustBeNumbers,
  numbersOf,
} from './file-table.ts'

/** Columns of the file, or `column=value`, `column>=number` where a yes or no is asked for. */
export interface FileQuestion {
  readonly outcome: string
  /** How long each row was watched. */
  readonly time?: string | undefined
  /** Whether the outcome ended it; the outcome itself unless told. */
  readonly event?: string | undefined
  readonly exposure?: string | undefined
  /** What exposure and outcome may both depend on. */
  readonly adjust?: readonly string[] | undefined
  /** Only these columns; by default all that are numbers throughout. */
  readonly columns?: readonly string[] | undefined
  /** Bins of equal count; 5 unless told. */
  readonly bins?: number | undefined
}

export interface ColumnEvidence {
  readonly column: string
  /** Rows with a value and an outcome, and those without. */
  readonly n: number
  readonly leftOut: number
  readonly auc: Told<{
    value: number
    low: number | null
    high: number | null
    standardError: number | null
    events: number
    nonEvents: number
  }>
  readonly averagePrecision: Told<{ value: number; base: number }>
  readonly bins: Told<
    readonly {
      from: number
      to: number
      n: number
      events: number
      rate: number | null
      low: number | null
      high: number | null
    }[]
  >
}

export interface SurvivalEvidence {
  readonly time: string
  readonly event: string
  readonly curve: Told<{
    n: number
    events: number
    median: number | null
    medianLow: number | null
    medianHigh: number | null
  }>
  readonly cox: Told<{
    n: number
    events: number
    ties: string
    coefficients: readonly {
      column: string
      estimate: number
      standardError: number
      z: number
      p: number
      hazardRatio: number
      low: number
      high: number
    }[]
    logLikelihood: { null: number; fitted: number }
    likelihoodRatio: { chiSquare: number; df: number; p: number }
    concordance: { value: number; low: number | null; high: number | null } | null
  }>
  /** Rows that lack one of the numbers. */
  readonly leftOut: number
}

export interface ToldContrast {
  readonly estimate: number
  readonly standardError: number
  readonly low: number
  readonly high: number
  readonly p: number
}

export interface ToldEffect {
  readonly n: number
  readonly exposed: number
  readonly meanIfExposed: number
  readonly meanIfNot: number
  readonly difference: ToldContrast
  readonly ratio: ToldContrast | null
  readonly eValue: EValue | null
}

export interface EffectEvidence {
  readonly exposure: string
  readonly adjust: readonly string[]
  readonly leftOut: number
  readonly crude: Told<ToldEffect>
  readonly standardised: Told<ToldEffect>
  readonly weighted: Told<ToldEffect>
  readonly doublyRobust: Told<ToldEffect>
  /** Of the weighting. */
  readonly weights: WeightReport | null
}

export interface FileEvidence {
  readonly file: string
  readonly rows: number
  readonly outcome: { column: string; events: number; n: number; missing: number }
  readonly columns: readonly ColumnEvidence[]
  /** Columns that are not numbers, with the first cell that is none. */
  readonly notNumbers: readonly { column: string; line: number; cell: string }[]
  readonly survival: SurvivalEvidence | null
  readonly effect: EffectEvidence | null
}

/**
 * The statistics of evidence on any table, so that they can be held against other tools. Rows are taken
 * as independent of each other.
 *
 * @throws Failure BAD_INPUT for a column that is not there or is not what it must be
 */
export function evidenceOfTable(table: FileTable, question: FileQuestion): FileEvidence {
  if (question.event !== undefined && question.time === undefined) {
    throw badInput('--event needs --time', '--event には --time も必要です')
  }
  if ((question.adjust?.length ?? 0) > 0 && question.exposure === undefined) {
    throw badInput('--adjust needs --exposure', '--adjust には --exposure も必要です')
  }
  const outcome = flagsOf(table, question.outcome)
  const { time } = question
  const event = question.event === undefined ? outcome : flagsOf(table, question.event)
  const taken = new Set([outcome.column])
  if (time !== undefined) for (const name of [time, event.column]) taken.add(name)
  const { columns, notNumbers } = numericColumns(table, question.columns, taken)
  const present = outcome.flags.filter((flag) => !Number.isNaN(flag))
  return {
    file: table.file,
    rows: table.lines.length,
    outcome: {
      column: question.outcome,
      events: present.reduce((sum, flag) => sum + flag, 0),
      n: present.length,
      missing: outcome.flags.length - present.length,
    },
    columns: [...columns].map(([name, values]) =>
      columnEvidence(name, values, outcome.flags, question.bins ?? 5),
    ),
    notNumbers,
    survival:
      time === undefined
        ? null
        : survivalEvidence(
            { name: time, values: mustBeNumbers(table, time) },
            { name: question.event ?? question.outcome, flags: event.flags },
            columns,
          ),
    effect:
      question.exposure === undefined
        ? null
        : effectEvidence(table, question.exposure, question.adjust ?? [], outcome.flags),
  }
}

function numericColumns(
  table: FileTable,
  chosen: readonly string[] | undefined,
  taken: ReadonlySet<string>,
) {
  const columns = new Map<string, Float64Array>()
  const notNumbers: { column: string; line: number; cell: string }[] = []
  for (const name of chosen ?? table.names) {
    if (chosen !== undefined) {
      columns.set(name, mustBeNumbers(table, name))
      continue
    }
    if (taken.has(name)) continue
    const read = numbersOf(table, name)
    if (!read.ok) notNumbers.push({ column: name, line: read.line, cell: read.cell })
    // A column without any value says nothing.
    else if (!read.values.every(Number.isNaN)) columns.set(name, read.values)
  }
  return { columns, notNumbers }
}

function columnEvidence(
  column: string,
  values: Float64Array,
  flags: Float64Array,
  bins: number,
): ColumnEvidence {
  const { rows, leftOut } = completeRows([values, flags])
  const score = pick(values, rows)
  const outcome = pick(flags, rows)
  return {
    column,
    n: rows.length,
    leftOut,
    auc: told(auc({ score, outcome }), ({ value, interval, standardError, events, nonEvents }) => ({
      value,
      low: interval?.low ?? null,
      high: interval?.high ?? null,
      standardError,
      events,
      nonEvents,
    })),
    averagePrecision: told(averagePrecision({ score, outcome }), ({ value, base }) => ({
      value,
      base,
    })),
    bins: told(outcomeRateByBin({ values: score, outcome }, { bins }), (found) =>
      found.map(({ from, to, n, events, rate }) => ({
        from,
        to,
        n,
        events,
        rate: rate.value,
        low: rate.interval?.low ?? null,
        high: rate.interval?.high ?? null,
      })),
    ),
  }
}

function survivalEvidence(
  time: { name: string; values: Float64Array },
  event: { name: string; flags: Float64Array },
  columns: ReadonlyMap<string, Float64Array>,
): SurvivalEvidence {
  const watched = completeRows([time.values, event.flags]).rows
  const whole = completeRows([time.values, event.flags, ...columns.values()])
  const spans = (rows: readonly number[]) => ({
    time: pick(time.values, rows),
    event: pick(event.flags, rows),
  })
  const covariates = Object.fromEntries(
    [...columns].map(([name, values]) => [name, pick(values, whole.rows)]),
  )
  return {
    time: time.name,
    event: event.name,
    leftOut: whole.leftOut,
    curve: told(kaplanMeier(spans(watched)), ({ n, events, median, medianInterval }) => ({
      n,
      events,
      median,
      medianLow: medianInterval.low,
      medianHigh: medianInterval.high,
    })),
    cox:
      columns.size === 0 ? noColumns : toldCox(coxRegression({ ...spans(whole.rows), covariates })),
  }
}

const noColumns = {
  value: null,
  reason: { en: 'There is no column of numbers.', ja: '数値の列がありません。' },
}

const toldCox = (fitted: Answer<CoxFit>): SurvivalEvidence['cox'] =>
  told(fitted, (fit) => ({
    n: fit.n,
    events: fit.events,
    ties: fit.ties,
    coefficients: fit.coefficients.map((each) => ({
      column: each.name,
      estimate: each.estimate,
      standardError: each.standardError,
      z: each.z,
      p: each.p,
      hazardRatio: each.hazardRatio,
      low: each.interval.low,
      high: each.interval.high,
    })),
    logLikelihood: fit.logLikelihood,
    likelihoodRatio: fit.tests.likelihoodRatio,
    concordance: fit.concordance && {
      value: fit.concordance.value,
      low: fit.concordance.interval?.low ?? null,
      high: fit.concordance.interval?.high ?? null,
    },
  }))

function effectEvidence(
  table: FileTable,
  exposure: string,
  adjust: readonly string[],
  flags: Float64Array,
): EffectEvidence {
  for (const name of adjust) columnOf(table, name)
  const exposed = flagsOf(table, exposure)
  if (adjust.includes(exposed.column)) {
    throw badInput(
      `'${exposed.column}' is the exposure and cannot be adjusted for`,
      `「${exposed.column}」は要因そのもののため、調整に使えません`,
    )
  }
  const columns = adjust.map((name) => mustBeNumbers(table, name))
  const { rows, leftOut } = completeRows([flags, exposed.flags, ...columns])
  const input = {
    outcome: pick(flags, rows),
    exposure: pick(exposed.flags, rows),
    adjust: Object.fromEntries(adjust.map((name, i) => [name, pick(columns[i] ?? [], rows)])),
  }
  const weighted = weightedEffect(input)
  return {
    exposure,
    adjust,
    leftOut,
    crude: told(crudeEffect(input), toldEffect),
    standardised: told(standardisedEffect(input), toldEffect),
    weighted: told(weighted, toldEffect),
    doublyRobust: told(doublyRobustEffect(input), toldEffect),
    weights: weighted.known ? weighted.value.weights : null,
  }
}

const toldContrast = ({ estimate, standardError, interval, p }: Contrast): ToldContrast => ({
  estimate,
  standardError,
  low: interval.low,
  high: interval.high,
  p,
})

function toldEffect(effect: ExposureEffect): ToldEffect {
  const ratio = effect.ratio && toldContrast(effect.ratio)
  return {
    n: effect.n,
    exposed: effect.exposed,
    meanIfExposed: effect.meanIfExposed,
    meanIfNot: effect.meanIfNot,
    difference: toldContrast(effect.difference),
    ratio,
    // The outcome is a yes or no, so the ratio of the means is one of risks.
    eValue: ratio && eValue('risk_ratio', ratio),
  }
}
