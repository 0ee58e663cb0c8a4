import { isoDate, isoMonth } from './calendar.ts'
import {
  type Cause,
  commitmentFactor,
  habitProtects,
  rescueEffect,
  trainingEffect,
  troubles,
} from './causes.ts'
import { type Churn, type Life, live, totalHazard } from './life.ts'
import { firstChurnUnder, type Story } from './story.ts'
import { features } from './write-usage.ts'

/** One account's truth: what no file says. */
export interface AccountTruth {
  readonly accountId: string
  readonly fit: number
  /** Bought for the accounting sync, and stays for other reasons than using it. */
  readonly committed: boolean
  readonly poorOnboarding: boolean
  /** Weekly-report habit that it would have without training. */
  readonly ownHabit: number
  /** By month: the probability of deciding to leave in it, were the account free to. */
  readonly risk: Readonly<Record<string, number>>
  /** When each trouble was felt, to the week. */
  readonly troubles: readonly { trouble: string; from: string; to: string }[]
  readonly churns: readonly ChurnTruth[]
  /** First days of contracts after a churn. */
  readonly returns: readonly string[]
  readonly actions: readonly ActionTruth[]
  /** The first contract's end, had this been otherwise; null = none by the end of the files. */
  readonly otherwise: {
    readonly withoutRescuePlans: string | null
    readonly withoutHabit: string | null
    readonly withFullHabit: string | null
  }
}

export interface ChurnTruth {
  readonly cause: Cause
  readonly noticeOn: string
  /** First day without a contract; may lie after the end of the files. */
  readonly endsOn: string
}

export interface ActionTruth {
  readonly kind: 'rescue_plan' | 'weekly_report_training'
  readonly on: string
  /** How much lower the probability of deciding to leave in the weeks after was made by it. */
  readonly riskReduction: number
  /** Those weeks; fewer than 26 where the files end sooner. */
  readonly weeks: number
  /** The contract's end without the action; equal to what happened where it changed nothing. */
  readonly endsOnWithout: string | null
}

/** The weeks over which an action's effect is told. */
const effectWeeks = 26

export function truthOf(story: Story): AccountTruth {
  const { world, profile, chapters } = story
  const lives = chapters.map((chapter) => chapter.life)
  const endOf = (churn: Churn | null) => churn && isoDate(churn.endsOn)
  return {
    accountId: profile.accountId,
    fit: round(profile.fit),
    committed: profile.committed,
    poorOnboarding: profile.poorOnboarding,
    ownHabit: round(profile.habit),
    risk: Object.assign({}, ...lives.map((life) => riskByMonth(life, world.start))),
    troubles: lives.flatMap(troublesOf),
    churns: lives.flatMap(({ churn }) =>
      churn
        ? [
            {
              cause: churn.cause,
              noticeOn: isoDate(churn.noticeOn),
              endsOn: isoDate(churn.endsOn),
            },
          ]
        : [],
    ),
    returns: lives.slice(1).map((life) => isoDate(life.terms.start)),
    actions: lives.flatMap((life) => actionsOf(story, life)),
    otherwise: {
      withoutRescuePlans: endOf(firstChurnUnder(story, { withoutRescue: 'all' })),
      withoutHabit: endOf(firstChurnUnder(story, { habit: 0 })),
      withFullHabit: endOf(firstChurnUnder(story, { habit: 1 })),
    },
  }
}

/** What holds for the whole company: the laws that the accounts live by. */
export const laws = {
  goal: {
    en: 'Churn: the first day on which an account has no contract.',
    ja: '解約: 顧客の契約がなくなった最初の日です。',
  },
  features: Object.fromEntries(
    Object.entries(features).map(([event, role]) => [
      event,
      {
        role,
        hazardFactorAtFullUse: role === 'driver' ? round(Math.exp(-habitProtects)) : 1,
      },
    ]),
  ),
  actions: {
    rescue_plan: {
      touchpointSubject: '立て直し計画の実施',
      takesAwayOf: rescueEffect,
    },
    weekly_report_training: {
      touchpointSubject: '週次レポートの活用研修',
      assignedBy: 'coin',
      addsToHabit: trainingEffect,
    },
    decision_maker_meeting: { touchpointSubject: '今後のご利用についてのご相談', effect: 0 },
    retention_talk: { touchpointSubject: 'ご継続のお願い', effect: 0 },
  },
  committedBuyersHazardFactor: commitmentFactor,
  traps: {
    lagging_figure: {
      metrics: ['nrr', 'renewal_rate', 'customer_churn_rate'],
      en: 'Yearly contracts are decided 60 to 102 days before they end, so nothing done within a month changes how many of them end in it.',
      ja: '年間契約は満了の60〜102日前に継続か解約かが決まるため、その月の行動では、その月に満了する契約の更新率は変わりません。',
    },
    growing_use_before_price_shock: {
      en: 'On the usage-priced plan use more than doubles in the months before the bill drives the customer away.',
      ja: '従量課金プランでは、請求額に驚いて解約する前の数か月に、利用量が2倍以上に増えます。',
    },
    polite_answers: {
      en: 'Answers stay friendly while use dies: a lost champion or a bad start does not show in NPS or CSAT.',
      ja: '利用が減っても回答は好意的なままです。推進担当の離任や導入のつまずきは、NPS・CSATに表れません。',
    },
    meetings_follow_risk: {
      en: 'Meetings with decision makers are more frequent before churn, because CSMs hurry to accounts at risk; meeting has no effect of its own.',
      ja: '決裁者との面談は解約前に増えます。CSMが危ない顧客に駆けつけるためで、面談そのものに効果はありません。',
    },
    marker_feature: {
      feature: 'accounting_sync',
      en: 'Users of the accounting sync stay because they were committed when they bought; making others use it changes nothing.',
      ja: '会計連携を使う顧客が継続するのは、購入時から定着する理由があったためです。他の顧客に使ってもらっても解約は減りません。',
    },
  },
} as const

function riskByMonth({ weeks, churn }: Life, start: number): Record<string, number> {
  const sums = new Map<string, number>()
  for (const week of weeks) {
    if (week.monday < start || (churn && week.monday > churn.noticeOn)) continue
    const month = isoMonth(week.monday)
    sums.set(month, (sums.get(month) ?? 0) + totalHazard(week))
  }
  return Object.fromEntries([...sums].map(([month, sum]) => [month, round(1 - Math.exp(-sum))]))
}

function troublesOf({ weeks, churn }: Life): { trouble: string; from: string; to: string }[] {
  return troubles.flatMap((trouble) => {
    const spells: { trouble: string; from: string; to: string }[] = []
    let from: number | null = null
    for (const week of weeks) {
      if (churn && week.monday > churn.noticeOn) break
      if (week.force[trouble] > 0) from ??= week.monday
      else if (from !== null) {
        spells.push({ trouble, from: isoDate(from), to: isoDate(week.monday) })
        from = null
      }
    }
    const last = weeks.at(-1)
    if (from !== null && last) {
      const to = churn ? churn.noticeOn : last.monday + 7
      spells.push({ trouble, from: isoDate(from), to: isoDate(to) })
    }
    return spells
  })
}

function actionsOf(story: Story, life: Life): ActionTruth[] {
  const { world, profile } = story
  const rescues = life.rescuesOn.map((on) => ({
    kind: 'rescue_plan' as const,
    on,
    without: live(world, profile, life.number, life.terms, { withoutRescue: on }),
  }))
  const trainings =
    life.trainedOn === null || life.trainedOn >= (life.churn?.noticeOn ?? world.end)
      ? []
      : [
          {
            kind: 'weekly_report_training' as const,
            on: life.trainedOn,
            without: live(world, profile, life.number, life.terms, { trained: false }),
          },
        ]
  return [...rescues, ...trainings]
    .sort((a, b) => a.on - b.on)
    .map(({ kind, on, without }) => {
      const isAfter = (week: { monday: number }) =>
        week.monday > on && week.monday <= on + effectWeeks * 7
      const risk = (weeks: Life['weeks']) =>
        1 - Math.exp(-weeks.filter(isAfter).reduce((sum, week) => sum + totalHazard(week), 0))
      const churn = without.churn && without.churn.noticeOn < world.end ? without.churn : null
      return {
        kind,
        on: isoDate(on),
        riskReduction: round(risk(without.weeks) - risk(life.weeks)),
        weeks: life.weeks.filter(isAfter).length,
        endsOnWithout: churn && isoDate(churn.endsOn),
      }
    })
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
