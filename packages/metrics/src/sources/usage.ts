import * as z from 'zod'
import { nodeParams } from '../plan/render.ts'
import { layered } from '../sql/layers.ts'
import { ofAccounts } from '../sql/versions.ts'
import { customers } from './customers.ts'
import { list, type Measure, type Source, type SourceContext } from './source.ts'
import { useColumns, useCounts, workspaceUse } from './use-counts.ts'
import { EARLIER, earlierUsers, SPAN } from './use-kinds.ts'
import { rankedRates, segments, withTrendZ } from './use-peers.ts'

interface UseMeasure {
  readonly says: Measure['says']
  /** Without it, a count. */
  readonly type?: Measure['type']
  /** Columns of the counts of use that it is made of. */
  readonly of: readonly string[]
  /** Over a row of them; without it, the only column. */
  readonly sql?: string
  /** It rests on use by anyone, also by events that name nobody. */
  readonly ofAnyone?: true
  /** It rests on the features of plans: no value where none are listed. */
  readonly ofPlans?: true
  /** It compares the account with others: with those of its segment, or with the typical account. */
  readonly among?: 'segment' | 'all'
}

const earlier = Array.from({ length: EARLIER }, (_, k) => k + 1)

/** All that is said of use. What counts as use, and for what, is in `use.ts`. */
const useMeasures: Readonly<Record<string, UseMeasure>> = {
  users_1: { of: ['users_1'], says: { en: 'users active on the day', ja: 'その日の利用者数' } },
  users_7: { of: ['users_7'], says: { en: 'users active in 7 days', ja: '直近7日の利用者数' } },
  users_28: { of: ['users_28'], says: { en: 'users active in 28 days', ja: '直近28日の利用者数' } },
  users_28_before: {
    of: [earlierUsers(1)],
    says: { en: 'users active in the 28 days before those', ja: 'その前の28日の利用者数' },
  },
  users_in_period: {
    of: ['users_in_period'],
    says: { en: 'users active in the period', ja: '期間内の利用者数' },
  },
  user_days: {
    of: ['user_days'],
    says: {
      en: 'days of use in 28 days, added over users; only days that count in the mean',
      ja: '直近28日のうち平均の対象となる日に利用した日数(利用者ごとの日数の合計)',
    },
  },
  user_days_possible: {
    of: ['users_28'],
    sql: 'users_28 * {use_counted_days:Array(UInt32)}[i + 1]',
    says: {
      en: 'users active in 28 days × those of the days that count in the mean',
      ja: '直近28日の利用者数×平均の対象となる日数',
    },
  },
  core_events: {
    of: ['core_events'],
    says: { en: 'core actions in 28 days', ja: '直近28日の主要な操作の回数' },
  },
  user_weeks: {
    of: ['users_28'],
    sql: `users_28 * ${SPAN / 7}`,
    says: { en: 'users active in 28 days × 4 weeks', ja: '直近28日の利用者数×4週' },
  },
  rate_above: {
    type: 'number',
    of: ['core_events', 'users_28'],
    sql: 'rate_above',
    among: 'segment',
    says: {
      en: 'other accounts of the segment with a lower usage rate; one with the same is half',
      ja: '同じセグメントで利用頻度が自社より低い顧客数(同率は0.5と数える)',
    },
  },
  rate_others: {
    of: ['core_events', 'users_28'],
    sql: 'rate_others',
    among: 'segment',
    says: {
      en: 'other accounts of the segment with a usage rate',
      ja: '同じセグメントで利用頻度のある他の顧客数',
    },
  },
  trend_z: {
    type: 'number',
    of: ['users_28', ...earlier.map(earlierUsers), ...earlier.map((k) => `recorded_${k}_before`)],
    sql: 'trend_z',
    among: 'all',
    says: {
      en: 'active users against those of the windows before, in standard deviations',
      ja: 'これまでの期間と比べた利用者数の隔たり(標準偏差単位)',
    },
  },
  account_active: {
    of: ['account_active'],
    ofAnyone: true,
    says: {
      en: '1 when the account was active in 28 days, by whomever',
      ja: '直近28日に利用(利用者が特定できないものを含む)があれば1',
    },
  },
  account_uses_feature: {
    of: ['uses_feature'],
    ofAnyone: true,
    says: { en: '1 when it used any feature', ja: 'いずれかの機能を使っていれば1' },
  },
  accounts_by_feature: {
    type: 'counts_by_key',
    of: ['features'],
    sql: 'mapApply((feature, users) -> (feature, toUInt64(1)), features)',
    ofAnyone: true,
    says: { en: '1 for each feature that it used', ja: '使った機能ごとに1' },
  },
  feature_users: {
    of: ['feature_users'],
    says: { en: 'users of any feature', ja: 'いずれかの機能を使った利用者数' },
  },
  users_by_feature: {
    type: 'counts_by_key',
    of: ['features'],
    sql: 'features',
    says: { en: 'users of each feature', ja: '機能ごとの利用者数' },
  },
  plan_features_used: {
    of: ['features'],
    sql: 'if(empty(features_of_plans), NULL, length(arrayIntersect(features_of_plans, mapKeys(features))))',
    ofPlans: true,
    ofAnyone: true,
    says: {
      en: "of the plan's features, used in 28 days",
      ja: 'プランの機能のうち直近28日に使った数',
    },
  },
  plan_features: {
    of: [],
    sql: 'nullIf(length(features_of_plans), 0)',
    ofPlans: true,
    ofAnyone: true,
    says: { en: "features in the account's plans", ja: '契約プランに含まれる機能の数' },
  },
}

/** What stands in place of a missing value of each type. */
const nothing = ({ type }: UseMeasure): string =>
  type === 'counts_by_key' ? "CAST(map(), 'Map(String, UInt64)')" : 'NULL'

/** Features of all plans that the account has at the time. */
const PLAN_FEATURES = `arrayDistinct(arrayFlatten(arrayMap(
    plan -> {plan_features:Array(Array(String))}[indexOf({plan_names:Array(String)}, plan)], plans))) AS features_of_plans`

/**
 * One row for each account with recorded use up to the window's end, also when it has stopped, and for
 * each customer where the workspace records use at all: a customer that nobody of uses has 0 users.
 */
export const usage: Source = {
  name: 'usage',
  measures: Object.fromEntries(
    Object.entries(useMeasures).map(([name, { says, type = 'count' }]) => [name, { says, type }]),
  ),
  // From the roll-up it is as it was; from events alone nobody knows who used the product first, or ever.
  reach: (_measure, _window, { useKnown }) =>
    useKnown === undefined ? { usage_events: 'ever' } : {},
  firstDays: (wanted, context) => {
    const from = z.iso.date().safeParse(nodeParams(usage.node(wanted, context)).use_from)
    return from.success ? { usage_events: from.data } : {}
  },
  node: (wanted, context) => {
    const noPlans = Object.keys(context.settings.planFeatures).length === 0
    const measures = Object.entries(useMeasures)
      .filter(([name]) => wanted.has(name))
      .map(([name, measure]): [string, UseMeasure] =>
        measure.ofPlans && noPlans
          ? [name, { ...measure, of: [], sql: "CAST(NULL, 'Nullable(UInt64)')" }]
          : [name, measure],
      )
    const withPlans = !noPlans && measures.some(([, { ofPlans }]) => ofPlans === true)
    const among = new Set(measures.map(([, measure]) => measure.among))
    const byAnyone = measures.some(([, { ofAnyone }]) => ofAnyone === true)
    const byPerson = measures.some(([, { ofAnyone }]) => ofAnyone !== true)
    // What compares an account with others needs all of them, also when one is asked for.
    const compares = among.has('segment') || among.has('all')
    const scanned: SourceContext = {
      ...context,
      someAccounts: context.someAccounts && compares ? 'whole' : context.someAccounts,
    }
    const records = [
      ...(byPerson ? ['recorded', 'ever_recorded'] : []),
      ...(byAnyone ? ['any_recorded', 'ever_any_recorded'] : []),
    ]
    const columns = new Set([...measures.flatMap(([, { of }]) => of), ...records])
    const parts = partsOf(columns, scanned, { bySegment: among.has('segment'), withPlans })
    const isRecorded = (any: string): string =>
      `${any}recorded OR (customer AND max(ever_${any}recorded) OVER (PARTITION BY i))`
    const folded = layered(
      `
SELECT
${list('i', 'account_id', ...parts.folds)}
FROM (
${parts.rows.join('\n  UNION ALL\n')}
) AS stacked
GROUP BY i, account_id`,
      [
        ...(byPerson ? [`${isRecorded('')} AS by_person`] : []),
        ...(byAnyone ? [`${isRecorded('any_')} AS by_anyone`] : []),
        ...(withPlans ? [PLAN_FEATURES] : []),
      ],
    )
    const ranked = among.has('segment') ? rankedRates(folded) : folded
    const rows = among.has('all') ? withTrendZ(ranked) : ranked
    const known = [...(byPerson ? ['by_person'] : []), ...(byAnyone ? ['by_anyone'] : [])]
    return {
      name: 'account_usage',
      says: {
        en: 'Per account: its use; a customer without any counts as 0 where the workspace records use',
        ja: '顧客ごと: 利用状況。利用の記録があるワークスペースでは、利用のない契約顧客は0とする',
      },
      inputs: parts.inputs,
      sql: `
SELECT
${list(
  'i',
  'account_id',
  ...measures.map(([name, measure]) => {
    const sql = measure.sql ?? measure.of[0] ?? 'NULL'
    const holds = measure.ofAnyone ? 'by_anyone' : 'by_person'
    return `${known.length === 1 ? sql : `if(${holds}, ${sql}, ${nothing(measure)})`} AS ${name}`
  }),
)}
FROM (
${rows.trim()}
)
WHERE ${[
        known.length === 1 ? known[0] : `(${known.join(' OR ')})`,
        ...ofAccounts(context.someAccounts),
      ].join(' AND ')}`,
      params: {
        plan_names: Object.keys(context.settings.planFeatures),
        plan_features: Object.values(context.settings.planFeatures),
      },
    }
  },
}

/**
 * Use, customers and segments stacked: each gives rows of an account with its own columns filled, and
 * they are folded by account, which needs no join.
 */
const partsOf = (
  columns: ReadonlySet<string>,
  context: SourceContext,
  { bySegment, withPlans }: { readonly bySegment: boolean; readonly withPlans: boolean },
) => {
  const counted = [...useColumns].filter(([name]) => columns.has(name))
  const others: Readonly<Record<string, { fold: string; none: string }>> = {
    customer: { fold: 'max', none: 'false' },
    ...(withPlans ? { plans: { fold: 'groupArrayArray', none: "CAST([], 'Array(String)')" } } : {}),
    ...(bySegment ? { segment: { fold: 'max', none: "CAST(NULL, 'Nullable(String)')" } } : {}),
  }
  const row = (from: string, filled: Readonly<Record<string, string>>): string =>
    `  SELECT ${[
      'i',
      'account_id',
      ...counted.map(([name, { none }]) => `${filled[name] ?? none} AS ${name}`),
      ...Object.entries(others).map(([name, { none }]) => `${filled[name] ?? none} AS ${name}`),
    ].join(', ')}\n  FROM ${from}`
  const itself = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, name]))
  const everColumns = [...columns].filter((name) => name.startsWith('ever_'))
  const counts = useCounts(columns, context)
  return {
    inputs: [
      counts,
      customers(context),
      ...(context.someAccounts === true ? [workspaceUse(context)] : []),
      ...(bySegment ? [segments] : []),
    ],
    rows: [
      row('use_counts', itself(counted.map(([name]) => name))),
      row('customers', { customer: 'true', ...(withPlans ? itself(['plans']) : {}) }),
      ...(context.someAccounts === true ? [row('workspace_use', itself(everColumns))] : []),
      ...(bySegment ? [row('segments', itself(['segment']))] : []),
    ],
    folds: [
      ...counted.map(([name, { fold }]) => `${fold}(stacked.${name}) AS ${name}`),
      ...Object.entries(others).map(([name, { fold }]) => `${fold}(stacked.${name}) AS ${name}`),
    ],
  }
}
