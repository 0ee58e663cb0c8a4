import type { PlanNode } from '../plan/node.ts'
import { knownFacts, knownThere, whereAll } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { cohortStarts } from './cohorts.ts'
import { type Slice, withSlices } from './slices.ts'
import type { SourceContext } from './source.ts'

/** Slices that every account has of itself, beside its attributes. */
export const cohortSlices = ['cohort_month', 'months_since'] as const

export const isCohortSlice = ({ key }: Pick<Slice, 'key'>): boolean =>
  cohortSlices.some((slice) => slice === key)

const values = (index: number): string => `at_first_${index}`

/**
 * Attributes as they were when each account first paid, as known in the window. One that is only known
 * from later on has the first value that it ever had: an import often dates what it finds with its own
 * day.
 */
const attributesAtFirstPayment = (
  slices: readonly Slice[],
  starts: PlanNode,
  context: SourceContext,
): PlanNode => ({
  name: 'attributes_at_first_payment',
  says: {
    en: 'Account attributes as they were at the first payment, or as first known after it',
    ja: '初回支払時点の顧客属性(それ以前に記録がなければ、その後の最初の値)',
  },
  inputs: [starts],
  sql: `
SELECT
  ${[
    'i',
    'account_id',
    ...slices.map((_, index) => {
      const ofKey = `attribute = {cohort_key_${index}:String}`
      const before = `${ofKey} AND effective_at <= first_paid_at`
      const order = 'tuple(effective_at, known_at)'
      return `if(
    countIf(${before}) > 0, argMaxIf(value, ${order}, ${before}), argMinIf(value, ${order}, ${ofKey})
  ) AS ${values(index)}`
    }),
  ].join(',\n  ')}
FROM (
  SELECT i, account_id, attribute, value, effective_at, known_at
  FROM (${knownFacts(
    {
      table: 'account_attributes',
      columns: ['attribute', 'value', 'effective_at'],
      someAccounts: context.someAccounts,
      where: 'attribute IN {cohort_keys:Array(String)}',
    },
    context,
  )}
  )
  ${eachWindow('known')}
  ${whereAll(...knownThere(context))}
) AS attribute_values
INNER JOIN ${starts.name} USING (i, account_id)
GROUP BY i, account_id`,
  params: {
    ...Object.fromEntries(slices.map(({ key }, index) => [`cohort_key_${index}`, key])),
    cohort_keys: slices.map(({ key }) => key),
  },
})

/** The slices of each account that has paid, as text; '' where an attribute has no value. */
const cohortSlicesNode = (slices: readonly Slice[], context: SourceContext): PlanNode => {
  const attributes = slices.filter((slice) => !isCohortSlice(slice))
  const starts = cohortStarts(context)
  const first = attributesAtFirstPayment(attributes, starts, context)
  const hasAttributes = attributes.length > 0
  const columns = slices.map((slice) =>
    isCohortSlice(slice)
      ? `started.${slice.key} AS of_${slice.column}`
      : `first.${values(attributes.indexOf(slice))} AS of_${slice.column}`,
  )
  return {
    name: 'cohort_slices',
    says: {
      en: 'Per account: the cohort of its first payment',
      ja: '顧客ごと: 初回支払月のコホート',
    },
    inputs: hasAttributes ? [starts, first] : [starts],
    sql: `
SELECT started.i AS of_window, started.account_id AS of_account, ${columns.join(', ')}
FROM ${starts.name} AS started
${hasAttributes ? `LEFT JOIN ${first.name} AS first ON started.i = first.i AND started.account_id = first.account_id` : ''}`,
  }
}

/**
 * Puts the month of the first payment, and attributes as they were then, beside each row of a node with
 * a window `i` and an account. An account that has not paid yet is in the slice without a name.
 */
const withCohortSlices = (
  input: PlanNode,
  slices: readonly Slice[],
  context: SourceContext,
): PlanNode => {
  if (slices.length === 0) return input
  const cohorts = cohortSlicesNode(slices, context)
  return {
    name: 'accounts_in_cohorts',
    says: {
      en: 'Each account in the cohort of its first payment',
      ja: '顧客を初回支払月のコホートに分ける',
    },
    inputs: [input, cohorts],
    sql: `
SELECT
  of.*,
  ${slices.map(({ column }) => `nullIf(of_${column}, '') AS ${column}`).join(',\n  ')}
FROM ${input.name} AS of
LEFT JOIN ${cohorts.name} ON of.i = ${cohorts.name}.of_window AND of.account_id = ${cohorts.name}.of_account`,
  }
}

/**
 * Puts the slices beside each row of a node: attributes as they were at the start of the period, and the
 * cohort of the account. Of cohorts the attributes are, on request, those of the first payment.
 */
export const inSlices = (
  input: PlanNode,
  slices: readonly Slice[],
  context: SourceContext,
  attributesAt: 'period' | 'first_payment' = 'period',
): PlanNode => {
  const ofCohort = slices.filter(
    (slice) => attributesAt === 'first_payment' || isCohortSlice(slice),
  )
  const others = slices.filter((slice) => !ofCohort.includes(slice))
  return withCohortSlices(withSlices(input, others, context), ofCohort, context)
}
