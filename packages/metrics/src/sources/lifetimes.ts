import type { PlanNode } from '../plan/node.ts'
import { layered } from '../sql/layers.ts'
import { converted, decimalOf } from '../sql/money.ts'
import { eachWindowThat, ofWindow } from '../sql/per-window.ts'
import { inOrder, survivalAfter } from '../sql/survival.ts'
import { knownAtOnce, knownThere, whereAll } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { contractLines } from './contract-lines.ts'
import { local, valuedLines } from './contract-values.ts'
import { list, type Source, type SourceContext, selected } from './source.ts'

const graceAfter = (instant: string): string =>
  `toTimeZone(addDays(${local(instant)}, {renewal_grace_days:UInt32}), 'UTC')`

/**
 * The stretches for which accounts have paid without a break. A line that starts within the grace days
 * of a renewal goes on with the stretch, and until those are over its end is not decided: it then counts
 * for as long as it lasted. In months of 365.25 ÷ 12 days.
 *
 * @param ofAll of all accounts, also when the question is about some of them
 */
const payingSpells = (context: SourceContext, ofAll: boolean): PlanNode => {
  const widened = ofAll && context.someAccounts === true
  const own = contractLines(widened ? { ...context, someAccounts: 'whole' } : context)
  const lines = widened ? { ...own, name: 'contract_lines_of_all' } : own
  // How far a stretch goes is the same in all windows that know the same; they only see less of it.
  const atOnce = knownAtOnce(context)
  const whose = atOnce ? 'account_id' : 'i, account_id'
  return {
    name: widened ? 'paying_spells_of_all' : 'paying_spells',
    says: {
      en: `Per account: the stretches for which it has paid, in months; a break of up to ${context.settings.renewalGraceDays} days is none`,
      ja: `顧客ごと: 支払いが続いた期間(月数)。${context.settings.renewalGraceDays}日以内の空白は継続とみなす`,
    },
    inputs: [lines],
    params: { renewal_grace_days: context.settings.renewalGraceDays },
    sql: `
SELECT
  i, account_id,
  arrayMap(each -> each.2, arraySort(groupArray(tuple(spell_starts, span)))) AS spans,
  argMax(span.1, spell_starts) AS age
FROM (
  SELECT
    i, account_id, spell_starts,
    least(spell_ends, window_end) AS seen_until,
    tuple(
      dateDiff('day', spell_starts, seen_until, {time_zone:String}) * 12 / 365.25,
      toUInt8(spell_ends <= window_end AND ${graceAfter('seen_until')} <= window_known)
    ) AS span
  FROM (
    SELECT i, account_id, spell_starts, spell_ends, ${ofWindow('end')}, ${ofWindow('known')}
    FROM (
      SELECT
        ${whose}, spell, min(paid_since) AS spell_starts, max(ends_at) AS spell_ends
      FROM (
${layered(
  `
SELECT ${whose}, paid_since, ends_at
FROM ${lines.name}
${atOnce ? '' : eachWindow('known')}
${whereAll(...knownThere(context), 'ever_paid')}`,
  [
    `max(ends_at) OVER (
    PARTITION BY ${whose} ORDER BY paid_since, ends_at
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS paid_until`,
  ],
  [`paid_since > paid_until AND paid_since > ${graceAfter('paid_until')} AS is_first`],
  [
    `sum(is_first) OVER (
    PARTITION BY ${whose} ORDER BY paid_since, ends_at
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS spell`,
  ],
)}
      )
      GROUP BY ${whose}, spell
    )
    ${atOnce ? eachWindowThat(context, ['end'], 'spell_starts < window_end') : ''}
  )
  ${atOnce ? '' : 'WHERE spell_starts < window_end'}
)
GROUP BY i, account_id`,
  }
}

/**
 * The Kaplan–Meier curve of the whole workspace in each window, a row for each time: the share that is
 * left then and the area so far. Behind the longest stretch customers leave at the mean rate of all.
 */
const survivalCurve = (spells: PlanNode): PlanNode => ({
  name: 'survival_curve',
  says: {
    en: 'Kaplan–Meier over all stretches of all accounts: the share left after so many months',
    ja: '全顧客の支払い期間によるカプラン・マイヤー曲線(経過月数ごとの残存割合)',
  },
  inputs: [spells],
  sql: `
SELECT
  i AS curve, time, min(left_after) AS left_then, max(area_after) AS area_then,
  any(longest) AS curve_ends, any(left_at_end) AS left_behind, any(rate) AS leaving_rate
FROM (
${layered(
  `SELECT i, ${inOrder('groupArrayArray(spans)')} AS cases FROM ${spells.name} GROUP BY i`,
  ['arrayMap(each -> each.1, cases) AS times', `${survivalAfter('cases')} AS shares`],
  [
    `arrayCumSum(arrayMap(
    (before, width) -> before * width,
    arrayPopBack(arrayPushFront(shares, 1.)),
    arrayPopFront(arrayDifference(arrayPushFront(times, 0.))))) AS areas`,
  ],
  [
    'times[-1] AS longest',
    'shares[-1] AS left_at_end',
    'arraySum(times) AS watched',
    'if(watched = 0, 0, arraySum(each -> each.2, cases) / watched) AS rate',
  ],
)}
)
ARRAY JOIN
  arrayPushFront(times, 0.) AS time,
  arrayPushFront(shares, 1.) AS left_after,
  arrayPushFront(areas, 0.) AS area_after
GROUP BY i, time`,
})

const areaUntil = (alias: string, time: string): string =>
  `${alias}.area_then + ${alias}.left_then * (${time} - ${alias}.time)`

/** For how many of the months to come each account is expected to stay, and what it pays now. */
const expectations = (context: SourceContext): PlanNode => {
  const spells = payingSpells(context, false)
  const curve = survivalCurve(payingSpells(context, true))
  const lines = valuedLines({ ...context, suffix: 'for_lifetimes' }, ['end'])
  return {
    name: 'account_expectations',
    says: {
      en: `Per account: its MRR, and for how many of the ${context.settings.survivalHorizonMonths} months to come it is expected to stay`,
      ja: `顧客ごと: MRRと、今後${context.settings.survivalHorizonMonths}か月のうち継続が見込まれる月数`,
    },
    inputs: [spells, curve, lines],
    sql: layered(
      `
SELECT
  spelled.i AS i, spelled.account_id AS account_id, spelled.spans AS spans, spelled.age AS age,
  revenue.mrr AS mrr, revenue.paying AS paying, revenue.gap AS gap,
  now.left_then AS left_now, ${areaUntil('now', 'spelled.age')} AS area_now,
  ahead.curve_ends AS curve_ends, ahead.left_behind AS left_behind,
  ahead.leaving_rate AS leaving_rate, ${areaUntil('ahead', 'spelled.looks_to')} AS area_ahead
FROM (
  SELECT i, account_id, spans, age, age + {survival_horizon_months:Float64} AS looks_to
  FROM ${spells.name}
) AS spelled
INNER JOIN (
  SELECT i, account_id, sum(value_end) AS mrr, max(native_end > 0) AS paying, countIf(unconverted_end) AS gap
  FROM ${lines.name}
  GROUP BY i, account_id
) AS revenue ON spelled.i = revenue.i AND spelled.account_id = revenue.account_id
ASOF INNER JOIN ${curve.name} AS now ON spelled.i = now.curve AND spelled.age >= now.time
ASOF INNER JOIN ${curve.name} AS ahead ON spelled.i = ahead.curve AND spelled.looks_to >= ahead.time`,
      ['greatest(age + {survival_horizon_months:Float64} - curve_ends, 0) AS beyond'],
      [
        // The last row of the curve was taken to go on level; behind it the rate of all holds.
        'area_ahead - left_behind * beyond AS area_seen',
        `if(leaving_rate = 0, left_behind * beyond,
    left_behind * (1 - exp(-leaving_rate * beyond)) / leaving_rate) AS area_beyond`,
      ],
      ['if(left_now > 0, (area_seen - area_now + area_beyond) / left_now, 0) AS months_expected'],
    ),
  }
}

const measures = {
  spans: 'spans',
  gap: 'gap',
  paying: 'paying',
  expected_revenue: converted('mrr', decimalOf('months_expected')),
}

/** One row for each account that has paid before the window's end. */
export const lifetimes: Source = {
  name: 'lifetimes',
  measures: {
    spans: {
      type: 'spans',
      says: {
        en: 'months of each stretch for which it paid, and whether it ended',
        ja: '支払いが続いた各期間の月数と、終了したか',
      },
    },
    gap: {
      type: 'count',
      says: { en: 'lines without an exchange rate', ja: '為替レートのない契約明細数' },
    },
    paying: {
      type: 'count',
      says: { en: '1 when the account pays at the instant', ja: 'その時点で有料契約があれば1' },
    },
    expected_revenue: {
      type: 'money',
      gap: 'gap',
      says: {
        en: 'MRR × the months for which it is expected to stay',
        ja: 'MRR×継続が見込まれる月数',
      },
    },
  },
  node: (wanted, context) => {
    const expects = [...wanted].some((name) => name !== 'spans')
    const input = expects ? expectations(context) : payingSpells(context, false)
    return {
      name: 'account_lifetimes',
      says: {
        en: 'Per account: how long it has paid, and what is expected of it',
        ja: '顧客ごと: 支払いの継続期間と今後の見込み',
      },
      inputs: [input],
      sql: `
SELECT
${list('i', 'account_id', ...selected(measures, wanted))}
FROM ${input.name}`,
    }
  },
}
