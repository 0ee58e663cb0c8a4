import { setImmediate as breathe } from 'node:timers/promises'
import type { MetricInterval, MetricValue } from '@tomoshibi/contract/metrics'
import { bootstrapNetScore, bootstrapRatio, type RatioCase } from '@tomoshibi/evidence/bootstrap'
import { type Interval, wilsonInterval } from '@tomoshibi/evidence/proportion'
import type { IntervalSample, MetricValue as Sampled } from '@tomoshibi/metrics/value'

/** Gives every figure its 95 % interval, or says why there is none. */
export async function withIntervals(values: readonly Sampled[]): Promise<MetricValue[]> {
  const drawn = new Map<number, Uint8Array>()
  const done: MetricValue[] = []
  for (const { sample, ...value } of values) {
    if (sample === undefined) done.push(value)
    else {
      done.push({ ...value, ...intervalOf(value, sample, drawn) })
      // Drawing takes long enough for others to wait for it.
      if (sample.kind === 'accounts') await breathe()
    }
  }
  return done
}

function intervalOf(
  value: Omit<Sampled, 'sample'>,
  sample: IntervalSample,
  drawn: Map<number, Uint8Array>,
): Pick<MetricValue, 'interval' | 'intervalReason'> {
  const none = (intervalReason: string) => ({ interval: null, intervalReason })
  if (sample.kind === 'none') return none('no_interval')
  if (value.value === null) return none(value.reason ?? 'no_data')
  // What exceeds its base, or counts parts of cases, is a proportion of nothing.
  if (sample.kind === 'proportion' && !isShare(sample)) return none('no_interval')
  const [method, interval, times] = madeOf(sample, drawn)
  if (interval === null) return none('too_few_cases')
  const amount = (end: number) => (value.unit === 'money' ? decimal(end * times) : end * times)
  const ends = { low: amount(interval.low), high: amount(interval.high) }
  return { interval: { ...ends, method, level: 0.95 }, intervalReason: null }
}

const isShare = ({ successes, n }: { readonly successes: number; readonly n: number }): boolean =>
  Number.isInteger(successes) && Number.isInteger(n) && successes >= 0 && successes <= n

function madeOf(
  sample: Exclude<IntervalSample, { kind: 'none' }>,
  drawn: Map<number, Uint8Array>,
): [MetricInterval['method'], Interval | null, times: number] {
  switch (sample.kind) {
    case 'proportion':
      return ['wilson', wilsonInterval(sample.successes, sample.n), 1]
    case 'accounts':
      return ['bootstrap_accounts', bootstrapRatio(casesOf(sample.accounts), drawn), sample.times]
    case 'persons':
      return ['bootstrap_persons', bootstrapNetScore(sample), sample.times]
  }
}

const casesOf = (text: string): RatioCase[] =>
  text === ''
    ? []
    : text.split('\n').map((line) => {
        const [seed, numerator, denominator] = line.split(' ').map(Number)
        return { seed: seed ?? 0, numerator: numerator ?? 0, denominator: denominator ?? 0 }
      })

/** An estimate, so that four decimals are more than enough. */
const decimal = (end: number): string => {
  const text = end.toFixed(4).replace(/\.?0+$/, '')
  return text === '-0' ? '0' : text
}
