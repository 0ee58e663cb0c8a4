import type { PlanNode } from '../plan/node.ts'
import { layered } from '../sql/layers.ts'
import { knownFacts, knownThere, whereAll } from '../sql/versions.ts'
import { eachWindow } from '../sql/windows.ts'
import { list, type Measure, type Source, type SourceContext, selected } from './source.ts'

const localDay = (instant: string): string => `toDate32(${instant}, {time_zone:String})`
const IN_PERIOD = (instant: string): string =>
  `${instant} >= period_start AND ${instant} < period_end`

/**
 * Each programme that an account has entered. It is complete when its required milestones are all met;
 * one without a required milestone can't be completed, and is left out of what counts completions.
 */
const programmes = (context: SourceContext): PlanNode => ({
  name: 'programmes_in_windows',
  says: {
    en: 'Onboarding programmes entered before the end of each period: when they were completed, and when their target days were over',
    ja: '各期末までに開始したオンボーディングプログラムの完了日と、目標日数の満了日',
  },
  inputs: [],
  sql: layered(
    `
SELECT
  i, account_id, programme,
  any(window_start) AS period_start, any(window_end) AS period_end, any(window_last_day) AS last_day,
  any(window_known) AS as_of,
  min(entered_at) AS entered,
  countIf(required) AS steps,
  countIf(required AND ifNull(met_at < window_end, false)) AS steps_met,
  maxIf(met_at, required AND met_at < window_end) AS last_met
FROM (${knownFacts(
      {
        table: 'milestones',
        columns: ['programme', 'required', 'entered_at', 'met_at'],
        someAccounts: context.someAccounts,
      },
      context,
    )}
)
${eachWindow('start', 'end', 'known', 'last_day')}
${whereAll(...knownThere(context), 'entered_at < window_end')}
GROUP BY i, account_id, programme`,
    [
      'steps > 0 AND steps_met = steps AS done',
      `if(steps > 0 AND steps_met = steps, greatest(assumeNotNull(last_met), entered), NULL) AS completed_at`,
      `toTimeZone(addDays(
    toStartOfDay(toTimeZone(entered, {time_zone:String})), {onboarding_target_days:UInt32}), 'UTC') AS target_at`,
      `dateDiff('day', ${localDay('entered')}, last_day) AS days_so_far`,
    ],
    [
      // Over when it was completed, or else when the target days were: of a running period not those to come.
      'steps > 0 AND (done OR target_at < period_end AND target_at <= as_of) AS decided',
      `least(days_so_far, greatest(dateDiff('day', ${localDay('entered')}, ${localDay('as_of')}), 0)) AS days_watched`,
      'least(ifNull(completed_at, target_at), target_at) AS decided_at',
      `dateDiff('day', ${localDay('entered')}, ${localDay('completed_at')}) AS days_taken`,
    ],
  ),
})

/** The onboardings that the completion rate is about: those due in the period, or entered in it. */
const counted = ({ settings }: SourceContext): string =>
  settings.onboardingDenominator === 'due'
    ? `decided AND ${IN_PERIOD('decided_at')}`
    : `steps > 0 AND ${IN_PERIOD('entered')}`

const expressions = (context: SourceContext): Readonly<Record<string, string>> => ({
  days_in_onboarding: 'maxOrNullIf(days_so_far, steps_met < steps)',
  counted: `nullIf(countIf(${counted(context)}), 0)`,
  counted_completed: `if(countIf(${counted(context)}) = 0, NULL, countIf(done AND ${counted(context)}))`,
  in_progress: 'countIf(steps > 0 AND NOT decided)',
  complete: 'if(sum(steps) = 0, NULL, minIf(done, steps > 0))',
  days_to_complete: `groupArrayIf(toFloat64(assumeNotNull(days_taken)), done AND ${IN_PERIOD('completed_at')})`,
  spans: `groupArrayIf(
    tuple(toFloat64(ifNull(days_taken, days_watched)), toUInt8(done)),
    steps > 0 AND ${IN_PERIOD('entered')})`,
})

const measures: Readonly<Record<string, Measure>> = {
  days_in_onboarding: {
    type: 'count',
    says: {
      en: 'days since entering a programme that is not complete',
      ja: '完了していないオンボーディングの経過日数',
    },
  },
  counted: {
    type: 'count',
    says: {
      en: 'onboardings due in the period, or entered in it',
      ja: '期間内に期限を迎えた(または開始した)オンボーディング数',
    },
  },
  counted_completed: {
    type: 'count',
    says: { en: 'of them complete', ja: 'そのうち完了した数' },
  },
  in_progress: {
    type: 'count',
    says: {
      en: 'onboardings not complete and inside their target days',
      ja: '目標日数内で進行中のオンボーディング数',
    },
  },
  complete: {
    type: 'count',
    says: {
      en: '1 when all programmes that it entered are complete',
      ja: '開始したプログラムがすべて完了していれば1',
    },
  },
  days_to_complete: {
    type: 'samples',
    says: {
      en: 'days from entering to completion, of those completed in the period',
      ja: '期間内に完了したオンボーディングの所要日数',
    },
  },
  spans: {
    type: 'spans',
    says: {
      en: 'days since entering, of those entered in the period, and whether complete',
      ja: '期間内に開始したオンボーディングの経過日数と、完了したかどうか',
    },
  },
}

/** One row for each account that has entered an onboarding programme before the window's end. */
export const milestones: Source = {
  name: 'milestones',
  measures,
  node: (wanted, context) => ({
    name: 'account_milestones',
    says: {
      en: 'Per account: its onboardings, complete and not',
      ja: '顧客ごと: 完了・未完了のオンボーディング',
    },
    inputs: [programmes(context)],
    sql: `
SELECT
${list('i', 'account_id', ...selected(expressions(context), wanted))}
FROM programmes_in_windows
GROUP BY i, account_id`,
    params: { onboarding_target_days: context.settings.onboardingTargetDays },
  }),
}
