import type { PlanNode } from '../plan/node.ts'
import { FAR, factVersions, KNOWN_IN_WINDOW } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { LINE_COUNTS } from './contract-lines.ts'
import { list, type Measure, type Source, type SourceContext, selected } from './source.ts'
import { workspaceUse } from './use-counts.ts'
import { rolledFirstUses } from './use-rolled-first.ts'

const contractStarts = ({ someAccounts }: SourceContext): PlanNode => ({
  name: 'contract_starts',
  says: {
    en: 'When the first contract line of each account started that counts; trials do not, nor what has yet to start',
    ja: '顧客ごとの最初の有効な契約明細の開始時点(トライアルと開始前のものを除く)',
  },
  inputs: [],
  sql: `
SELECT
  i, account_id,
  any(window_start) AS period_start, any(window_end) AS period_end, min(effective_from) AS started_at
FROM (${factVersions({
    table: 'contract_lines',
    columns: ['state', 'effective_from', 'effective_to'],
    someAccounts,
  })}
)
${eachWindow('start', 'end', 'known')}
WHERE ${KNOWN_IN_WINDOW} AND (${LINE_COUNTS})
  AND effective_from < window_end AND effective_from <= window_known
GROUP BY i, account_id`,
})

/** Events are many: their first is found for each instant at which they were known, not each window. */
const firstUses = (context: SourceContext): PlanNode => ({
  name: 'first_uses',
  says: {
    en: 'The first usage event of each account, as known then',
    ja: '顧客ごとの最初の利用イベント(その時点で判明していたもの)',
  },
  inputs: [],
  ...(context.useKnown === undefined
    ? firstUsesOfEvents(context)
    : rolledFirstUses(context, context.useKnown)),
})

const firstUsesOfEvents = ({ someAccounts }: SourceContext): Pick<PlanNode, 'sql'> => ({
  sql: `
SELECT i, account_id, firsts[window_epoch + 1] AS first_use
FROM (
  SELECT
    account_id,
    minForEach(arrayMap(
      known -> if(known_at <= known AND known < known_until, occurred_at, ${FAR}),
      {epoch_known:Array(DateTime64(3, 'UTC'))})) AS firsts
  FROM (${factVersions({ table: 'usage_events', columns: ['occurred_at'], someAccounts })}
  )
  GROUP BY account_id
)
${eachWindow('end', 'epoch')}
WHERE first_use < window_end`,
})

const firstValues = ({ someAccounts }: SourceContext): PlanNode => ({
  name: 'first_values',
  says: {
    en: 'When each account first met a milestone that is its first value',
    ja: '顧客ごとに初回価値のマイルストーンを最初に達成した時点',
  },
  inputs: [],
  sql: `
SELECT i, account_id, minOrNullIf(met_at, met_at < window_end) AS valued_at
FROM (${factVersions({
    table: 'milestones',
    columns: ['first_value', 'entered_at', 'met_at'],
    someAccounts,
  })}
)
${eachWindow('end', 'known')}
WHERE ${KNOWN_IN_WINDOW} AND first_value AND entered_at < window_end
GROUP BY i, account_id`,
})

const localDay = (instant: string): string => `toDate32(${instant}, {time_zone:String})`
/** Whoever used the product on trial was there on the day of the start. */
const daysTo = (instant: string): string =>
  `if(isNull(${instant}), [], [toFloat64(greatest(
    dateDiff('day', ${localDay('started')}, ${localDay(`assumeNotNull(${instant})`)}), 0))])`

const expressions = {
  days_to_first_use: daysTo('used'),
  started_with_use: 'if(use_recorded, 1, NULL)',
  not_used: 'if(use_recorded, isNull(used), NULL)',
  days_to_value: daysTo('valued'),
  started_with_value: 'if(has_value, 1, NULL)',
  not_valued: 'if(has_value, isNull(valued), NULL)',
}
const ofUse = ['days_to_first_use', 'started_with_use', 'not_used']

const measures: Readonly<Record<keyof typeof expressions, Measure>> = {
  days_to_first_use: {
    type: 'samples',
    says: {
      en: 'days from contract start to first use, of contracts started in the period',
      ja: '期間内に契約を開始した顧客の、開始から初回利用までの日数',
    },
  },
  started_with_use: {
    type: 'count',
    says: {
      en: '1 when its contract started in the period, where use is recorded',
      ja: '利用の記録があるワークスペースで、期間内に契約を開始していれば1',
    },
  },
  not_used: {
    type: 'count',
    says: { en: '1 when it has not used the product yet', ja: 'まだ利用していなければ1' },
  },
  days_to_value: {
    type: 'samples',
    says: {
      en: 'days from contract start to the first value, of contracts started in the period',
      ja: '期間内に契約を開始した顧客の、開始から初回価値までの日数',
    },
  },
  started_with_value: {
    type: 'count',
    says: {
      en: '1 when its contract started in the period and a first value is defined for it',
      ja: '期間内に契約を開始し、初回価値のマイルストーンがあれば1',
    },
  },
  not_valued: {
    type: 'count',
    says: { en: '1 when it has not reached it yet', ja: 'まだ達成していなければ1' },
  },
}

interface Part {
  readonly node: PlanNode
  readonly columns: Readonly<Record<string, string>>
}
const NONE: Readonly<Record<string, string>> = {
  period_start: 'NULL',
  period_end: 'NULL',
  started_at: 'NULL',
  first_use: 'NULL',
  valued_at: 'NULL',
  has_value: 'false',
  ever_used: 'false',
}

/** One row for each account whose first contract started in the window. */
export const starts: Source = {
  name: 'starts',
  measures,
  reach: (measure, _window, { useKnown }) =>
    ofUse.includes(measure) && useKnown === undefined ? { usage_events: 'ever' } : {},
  node: (wanted, context) => {
    const withUse = ofUse.some((name) => wanted.has(name))
    const withValue = [...wanted].some((name) => !ofUse.includes(name))
    const itself = (...names: string[]) => Object.fromEntries(names.map((name) => [name, name]))
    const parts: Part[] = [
      {
        node: contractStarts(context),
        columns: itself('period_start', 'period_end', 'started_at'),
      },
      ...(withUse
        ? [
            { node: firstUses(context), columns: { ...itself('first_use'), ever_used: 'true' } },
            // Without the events of the others it has to be asked whether there are any.
            ...(context.someAccounts === true
              ? [{ node: workspaceUse(context), columns: { ever_used: 'ever_any_recorded' } }]
              : []),
          ]
        : []),
      ...(withValue
        ? [{ node: firstValues(context), columns: { ...itself('valued_at'), has_value: 'true' } }]
        : []),
    ]
    const rows = parts.map(
      ({ node, columns }) =>
        `  SELECT ${[
          'i',
          'account_id',
          ...Object.keys(NONE).map((name) => `${columns[name] ?? NONE[name]} AS ${name}`),
        ].join(', ')}\n  FROM ${node.name}`,
    )
    return {
      name: 'account_starts',
      says: {
        en: 'Per account whose first contract started in the period: the days to its first use and first value',
        ja: '期間内に最初の契約を開始した顧客ごと: 初回利用・初回価値までの日数',
      },
      inputs: parts.map(({ node }) => node),
      sql: `
SELECT
${list('i', 'account_id', ...selected(expressions, wanted))}
FROM (
  SELECT
    i, account_id,
    any(stacked.started_at) AS started, any(stacked.period_start) AS from_instant,
    any(stacked.period_end) AS to_instant, any(stacked.first_use) AS used,
    any(stacked.valued_at) AS valued, max(stacked.has_value) AS has_value,
    max(max(stacked.ever_used)) OVER (PARTITION BY i) AS use_recorded
  FROM (
${rows.join('\n  UNION ALL\n')}
  ) AS stacked
  GROUP BY i, account_id
)
WHERE started >= from_instant AND started < to_instant`,
    }
  },
}
