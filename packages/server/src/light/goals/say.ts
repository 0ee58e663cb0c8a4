import type { Goal, GoalFinding } from '@tomoshibi/contract/goals'
import type { Text } from '@tomoshibi/contract/text'

type Words = Pick<GoalFinding, 'says' | 'wayOut'>

const percent = (share: number): string => `${Math.round(share * 100)}%`

const loss = {
  churn: { en: 'churn', ja: '解約' },
  downgrade: { en: 'a downgrade', ja: '縮小' },
  expansion: { en: 'expansion', ja: '拡大' },
  non_renewal: { en: 'non-renewal', ja: '不更新' },
} as const

/** What each finding says, and the way out. */
export const findingWords = {
  noLever: (name: Text): Words => ({
    says: {
      en: `No lamp is about '${name.en}', so nobody is told when it needs something done.`,
      ja: `「${name.ja}」に関するランプがなく、対応が必要になっても誰にも伝わりません。`,
    },
    wayOut: {
      en: 'Define a lamp whose condition names its metric and whose task says what to do, or name one under movedBy.',
      ja: 'この指標を条件に使い、やることを示すランプを定義するか、movedBy に既存のランプを指定してください。',
    },
  }),
  decidedBefore: (
    name: Text,
    {
      share,
      median,
      ends,
      spanDays,
    }: { share: number; median: number; ends: number; spanDays: number },
  ): Words => ({
    says: {
      en: `'${name.en}' is decided before its ${spanDays} days begin: of ${ends} contracts that ended, half had given notice ${median} days before or earlier, so that ${percent(share)} of what ends in such a period cannot be changed within it.`,
      ja: `「${name.ja}」は、期間(${spanDays}日)が始まる前にほぼ決まっています。終了した契約${ends}件のうち半数は${median}日以上前に解約を通知しており、この長さの期間に終わる契約の${percent(share)}は期間中の行動では変えられません。`,
    },
    wayOut: {
      en: 'Give it a year, and make a KPI of what goes before the decision, such as use in the months before the notice.',
      ja: '期間を1年にし、解約の通知より前に動くもの(通知前の数か月の利用など)を KPI にしてください。',
    },
  }),
  beyondHistory: (
    name: Text,
    { spans, spanDays, most, asked }: { spans: number; spanDays: number; most: Text; asked: Text },
  ): Words => ({
    says: {
      en: `In ${spans} stretches of ${spanDays} days, '${name.en}' never moved by more than ${most.en} in this direction; the goal asks for ${asked.en}.`,
      ja: `過去の${spans}区間(各${spanDays}日)で、「${name.ja}」がこの方向に動いたのは最大${most.ja}です。目標は${asked.ja}です。`,
    },
    wayOut: {
      en: 'Say what will be different this time, ask for less, or give it more time.',
      ja: '今回は何が違うのかを示すか、目標を下げるか、期間を延ばしてください。',
    },
  }),
  notVerifiable: (name: Text): Words => ({
    says: {
      en: `'${name.en}' has no value for single accounts, so the data cannot tell whether it has to do with the goal.`,
      ja: `「${name.ja}」には顧客ごとの値がないため、目標との関係をデータで確かめられません。`,
    },
    wayOut: {
      en: 'Choose a metric that each account has, or verify by hand and say how under why.',
      ja: '顧客ごとに値のある指標を選ぶか、別の方法で確かめて why に書いてください。',
    },
  }),
  neverVerified: (name: Text): Words => ({
    says: {
      en: `'${name.en}' was taken as it comes: nobody has asked this company's data whether it has to do with the goal.`,
      ja: `「${name.ja}」が目標と関係するかどうかを、自社のデータでまだ確かめていません。`,
    },
    wayOut: {
      en: "Run 'tomoshibi goals verify'.",
      ja: 'tomoshibi goals verify を実行してください。',
    },
  }),
  verifiedLongAgo: (name: Text, daysAgo: number): Words => ({
    says: {
      en: `'${name.en}' was last verified ${daysAgo} days ago; relations fade.`,
      ja: `「${name.ja}」を最後に確かめたのは${daysAgo}日前です。関係は時間とともに薄れることがあります。`,
    },
    wayOut: {
      en: "Run 'tomoshibi goals verify' every 90 days.",
      ja: '90日ごとに tomoshibi goals verify を実行してください。',
    },
  }),
  faded: (name: Text, evidence: Text): Words => ({
    says: {
      en: `What '${name.en}' had to do with the goal has faded. ${evidence.en}`,
      ja: `「${name.ja}」と目標との関係が薄れています。${evidence.ja}`,
    },
    wayOut: {
      en: 'Do not steer by it any more; look for what has taken its place with the evidence of other metrics.',
      ja: 'この指標を目安にするのをやめ、ほかの指標の検証結果から代わりになるものを探してください。',
    },
  }),
  reversed: (name: Text, evidence: Text, outcome: keyof typeof loss): Words => ({
    says: {
      en: `'${name.en}' is related the other way round: it is high where ${loss[outcome].en} follows or low where it does not, against what the target assumes. ${evidence.en}`,
      ja: `「${name.ja}」の関係は目標の想定と逆です(目標の方向に動いた顧客ほど${loss[outcome].ja}に不利)。${evidence.ja}`,
    },
    wayOut: {
      en: 'Do not push it. Find out what moves both, and make that the KPI.',
      ja: 'この値を伸ばそうとしないでください。両方を動かしている原因を探し、それを KPI にしてください。',
    },
  }),
  follows: (name: Text, evidence: Text): Words => ({
    says: {
      en: `'${name.en}' follows the risk instead of going before it. ${evidence.en}`,
      ja: `「${name.ja}」は解約リスクに先行せず、その後から動いています。${evidence.ja}`,
    },
    wayOut: {
      en: 'Watch the sign of risk that it follows, and measure what the reaction achieves rather than how much there is of it.',
      ja: '先に動くリスクの兆候を見てください。対応の量ではなく、対応の成果を測りましょう。',
    },
  }),
  explained: (name: Text, evidence: Text): Words => ({
    says: {
      en: `'${name.en}' marks certain customers, and accounts in which it changed fared no differently: something else explains it. ${evidence.en}`,
      ja: `「${name.ja}」は特定の顧客の目印にすぎず、値が変わった顧客の結果は変わっていません。別の要因で説明できます。${evidence.ja}`,
    },
    wayOut: {
      en: 'Use it to find accounts and not as a goal. A trial by lot would tell for sure.',
      ja: '顧客を見つける目印として使い、目標にはしないでください。確実に知るには、無作為に分けた試行が必要です。',
    },
  }),
  noRelation: (name: Text, evidence: Text): Words => ({
    says: {
      en: `'${name.en}' has to do with the goal neither way, as far as these data tell. ${evidence.en}`,
      ja: `このデータの限りでは、「${name.ja}」と目標に関係は見られません。${evidence.ja}`,
    },
    wayOut: {
      en: 'Do not steer by it. Choose a metric whose evidence shows a relation.',
      ja: 'この指標を目安にせず、関係が確かめられた指標を選んでください。',
    },
  }),
  unproven: (name: Text, evidence: Text): Words => ({
    says: {
      en: `Whether '${name.en}' moves the goal cannot be told yet. ${evidence.en}`,
      ja: `「${name.ja}」が目標を動かすかどうかは、まだ判断できません。${evidence.ja}`,
    },
    wayOut: {
      en: 'Keep it as an assumption, say so, and do something evenly to a part of the accounts: that tells.',
      ja: '仮説として扱い、そう明示してください。一部の顧客に一律の施策を行うと判断できるようになります。',
    },
  }),
  changed: (name: Text, what: 'metric' | 'goal', on: string): Words => ({
    says:
      what === 'metric'
        ? {
            en: `The definition of the metric of '${name.en}' changed on ${on}, within the period: values before and after are not the same thing.`,
            ja: `期間中の${on}に「${name.ja}」の指標の定義が変わりました。変更前後の値は同じものではありません。`,
          }
        : {
            en: `The goal '${name.en}' itself was changed on ${on}, within its period.`,
            ja: `期間中の${on}に、目標「${name.ja}」そのものが変更されました。`,
          },
    wayOut:
      what === 'metric'
        ? {
            en: 'Measure the baseline anew under the definition that holds now, and apply the goal with it.',
            ja: '現在の定義で基準値を測り直し、目標に反映してください。',
          }
        : {
            en: "Compare the versions with 'tomoshibi goals export --versions' and say why, or keep the first target beside the new one.",
            ja: 'tomoshibi goals export --versions で変更前後を比べ、理由を記録するか、元の目標も併記してください。',
          },
  }),
  tooMany: (owner: string, count: number): Words => ({
    says: {
      en: `${owner} answers for ${count} open goals; more than 5 cannot be moved at once.`,
      ja: `${owner} さんは進行中の目標を${count}件持っています。同時に動かせるのは5件程度までです。`,
    },
    wayOut: {
      en: 'Keep those that move the KGI most, and give the others away or drop them.',
      ja: 'KGI への影響が大きいものに絞り、残りは他の人に任せるか取り下げてください。',
    },
  }),
} as const

const reachWords = {
  likely: { en: 'it is likely to be reached', ja: '達成の見込みです' },
  possible: { en: 'it may be reached', ja: '達成の可能性があります' },
  unlikely: { en: 'it is not likely to be reached', ja: '達成は難しい見込みです' },
} as const

/** How a goal stands, in a sentence. @param shown writes a value in the unit of the metric */
export function sayGoal(
  goal: Pick<
    Goal,
    'state' | 'value' | 'target' | 'attainment' | 'expectedAttainment' | 'forecast' | 'due' | 'from'
  >,
  shown: (value: number) => Text,
): Text {
  const target = shown(goal.target)
  if (goal.state === 'not_begun') {
    return {
      en: `It begins on ${goal.from}; the target is ${target.en} by ${goal.due}.`,
      ja: `${goal.from}に始まります。目標は${goal.due}までに${target.ja}です。`,
    }
  }
  if (goal.value === null || goal.attainment === null) {
    return {
      en: `There is no value to hold against the target of ${target.en}.`,
      ja: `目標(${target.ja})と比べる値がありません。`,
    }
  }
  const value = shown(goal.value)
  const reached = percent(goal.attainment)
  if (goal.state === 'reached') {
    return {
      en: `Reached: ${value.en} against a target of ${target.en}.`,
      ja: `達成しました(目標${target.ja}に対して${value.ja})。`,
    }
  }
  if (goal.state === 'missed') {
    return {
      en: `Missed: ${value.en} against a target of ${target.en}, ${reached} of the way.`,
      ja: `未達です(目標${target.ja}に対して${value.ja}、達成度${reached})。`,
    }
  }
  const expected = percent(goal.expectedAttainment ?? 0)
  const state =
    goal.state === 'on_course'
      ? { en: 'On course', ja: '順調です' }
      : { en: 'Behind', ja: '遅れています' }
  const ahead = goal.forecast
    ? {
        en: ` By ${goal.due}, ${reachWords[goal.forecast.reaches].en}: ${shown(goal.forecast.value).en} (${shown(goal.forecast.low).en} to ${shown(goal.forecast.high).en}).`,
        ja: `${goal.due}の予測は${shown(goal.forecast.value).ja}(${shown(goal.forecast.low).ja}〜${shown(goal.forecast.high).ja})で、${reachWords[goal.forecast.reaches].ja}。`,
      }
    : { en: '', ja: '' }
  return {
    en: `${state.en}: ${value.en}, ${reached} of the way to ${target.en} where ${expected} was expected.${ahead.en}`,
    ja: `${state.ja}。現在${value.ja}、目標${target.ja}への達成度${reached}(想定${expected})。${ahead.ja}`,
  }
}
