import type { Cause } from '@tomoshibi/contract/cause'
import type { Text } from '@tomoshibi/contract/text'
import type { CauseFound } from './cause.ts'

export interface CauseNamed {
  readonly name: Text
  /** The outcome as in 'before churn'. */
  readonly outcome: Text
  readonly horizonDays: number
  /** Names of the metrics that stand for risk. */
  readonly signals: ReadonlyMap<string, Text>
}

const two = (value: number) => value.toFixed(2)
const percent = (share: number) => `${(100 * share).toFixed(1)}`
/** A mark as people write it: no more digits than it needs. */
const short = (value: number) => String(Number(value.toPrecision(3)))

/** The verdict and its reasons, in one paragraph. */
export function sayCause(named: CauseNamed, found: CauseFound): Text {
  const parts = [headline(named, found), ...evidence(named, found)]
  return { en: parts.map(({ en }) => en).join(' '), ja: parts.map(({ ja }) => ja).join('') }
}

function headline({ name, outcome }: CauseNamed, { verdict }: CauseFound): Text {
  switch (verdict) {
    case 'leads':
      return {
        en: `'${name.en}' leads ${outcome.en}: where something moved it, the outcome moved as well.`,
        ja: `「${name.ja}」は${outcome.ja}に先立って動く指標です。施策によってこの値が動いた顧客では、結果も変わっていました。`,
      }
    case 'leads_but_does_not_drive':
      return {
        en: `'${name.en}' leads ${outcome.en} but does not drive it: it shows who is at risk, and changing it made no difference.`,
        ja: `「${name.ja}」は${outcome.ja}の予兆にはなりますが、原因ではありません。リスクのある顧客は見分けられますが、値が変わっても結果は変わっていません。`,
      }
    case 'follows':
      return {
        en: `'${name.en}' follows: it moves after the signs of risk, not before them.`,
        ja: `「${name.ja}」は後から動く指標です。リスクの兆候が出た後に変化しており、先に変化しているのではありません。`,
      }
    case 'no_relation_seen':
      return {
        en: `No relation of '${name.en}' with ${outcome.en} was seen.`,
        ja: `「${name.ja}」と${outcome.ja}の間に関係は見られませんでした。`,
      }
    case 'cannot_tell':
      return {
        en: `Whether '${name.en}' drives ${outcome.en} cannot be told.`,
        ja: `「${name.ja}」が${outcome.ja}を左右しているかどうかは、まだ判断できません。`,
      }
  }
}

function evidence(named: CauseNamed, found: CauseFound): Text[] {
  const seen = [rates(named, found), heldEqual(found)].flatMap((text) => text ?? [])
  switch (found.ground) {
    case 'too_few':
      return [
        {
          en: 'There are too few accounts, or too short a history, to see a relation at all; the reasons are given above.',
          ja: '関係の有無を見るには、顧客数または期間が足りません(理由は前述のとおりです)。',
        },
      ]
    case 'no_mark':
      return [
        {
          en: 'Nearly all accounts have the same value, so that there is nobody to hold them against.',
          ja: 'ほとんどの顧客が同じ値のため、比べる相手がいません。',
        },
      ]
    case 'no_relation':
      return seen.slice(0, 1)
    case 'relation_unsteady':
      return [
        ...seen.slice(0, 1),
        {
          en: 'It shows in one part of the history only, or for one way of looking at it only.',
          ja: '期間の一部、または一つの見方でしか関係が見られません。',
        },
      ]
    case 'action_supports':
    case 'action_contradicts':
      return [
        ...seen,
        ...found.actions.flatMap((action) => actionText(action, found)),
        unknownText(found),
      ]
    case 'starters_support':
    case 'starters_contradict':
      return [
        ...seen,
        ...startersText(found),
        ...(found.ground === 'starters_support' ? [symptomText] : []),
      ]
    case 'follows_signal':
      return [...seen.slice(0, 1), ...signalText(named, found)]
    case 'not_comparable':
      return [
        ...seen.slice(0, 1),
        {
          en: 'Accounts above and below the mark differ so much otherwise that they cannot be compared.',
          ja: '値の高い顧客と低い顧客はほかの点でも大きく異なるため、公平に比べられません。',
        },
      ]
    case 'explained_away':
      return seen
    case 'adjusted_unclear':
      return [
        ...seen,
        {
          en: 'What is left of the difference can be told neither from the whole of it nor from none.',
          ja: '条件をそろえた後の差は、あるともないともいえない範囲にあります。',
        },
      ]
    case 'checks_silent':
      return [...seen, ...silentText(found)]
  }
}

const effectOf = ({ effects }: CauseFound, method: Cause['effects'][number]['method']) =>
  effects.find((effect) => effect.method === method)

function rates({ outcome, horizonDays }: CauseNamed, found: CauseFound): Text | null {
  const crude = effectOf(found, 'crude')
  if (crude?.rateAbove == null || crude.rateOther === null || found.mark === null) return null
  const mark = short(found.mark)
  const above = percent(crude.rateAbove)
  const other = percent(crude.rateOther)
  return {
    en: `Above ${mark}, ${above} % of account months were followed by ${outcome.en} within ${horizonDays} days; of the others ${other} %.`,
    ja: `値が${mark}を超える顧客月では${above}%、それ以外では${other}%で、${horizonDays}日以内に${outcome.ja}が起きました。`,
  }
}

function heldEqual(found: CauseFound): Text | null {
  const robust = effectOf(found, 'doubly_robust')
  const best = robust?.ratio == null ? effectOf(found, 'standardised') : robust
  if (best?.rateAbove == null || best.rateOther === null || best.ratio === null) return null
  const above = percent(best.rateAbove)
  const other = percent(best.rateOther)
  const range = best.low === null || best.high === null ? '' : `${two(best.low)}–${two(best.high)}`
  const wiped = found.ground === 'explained_away'
  return {
    en: `Among accounts alike in size, age and use a month before it is ${above} % against ${other} % (ratio ${two(best.ratio)}, 95 % interval ${range})${wiped ? ': nothing of the difference is left' : ''}.`,
    ja: `規模・利用期間・1か月前の利用状況などの条件をそろえると${above}%と${other}%です(比 ${two(best.ratio)}、95%区間 ${range})${wiped ? '。差は残りません' : ''}。`,
  }
}

function startersText({ starters, ground }: CauseFound): Text[] {
  const { ratio, low, high, starting, startingWithOutcome } = starters
  if (ratio === null || low === null || high === null) return []
  const figures = {
    en: `ratio ${two(ratio)}, 95 % interval ${two(low)}–${two(high)}; ${startingWithOutcome} of ${starting}`,
    ja: `比 ${two(ratio)}、95%区間 ${two(low)}–${two(high)}。${starting}件のうち${startingWithOutcome}件`,
  }
  return [
    ground === 'starters_support'
      ? {
          en: `Accounts that had only just gone above fared like those that always were (${figures.en}).`,
          ja: `超えたばかりの顧客でも、以前から超えている顧客と同じ傾向が見られます(${figures.ja})。`,
        }
      : {
          en: `But accounts that had only just gone above fared no differently from those that stayed below (${figures.en}): the figure marks customers who were of that kind already.`,
          ja: `しかし、超えたばかりの顧客は、超えていない顧客と変わりません(${figures.ja})。もともとそうなりやすい顧客の目印になっているだけです。`,
        },
  ]
}

const symptomText: Text = {
  en: 'It may be a symptom that changes together with its cause, and nothing was done evenly to accounts of every kind that moved it.',
  ja: '原因と一緒に変化する症状にすぎない可能性があります。この値を動かす施策が偏りなく行われた例もありません。',
}

function actionText(action: Cause['actions'][number], { ground }: CauseFound): Text[] {
  if (action.check !== (ground === 'action_supports' ? 'supports' : 'contradicts')) return []
  const { hazardRatio, low, high, accounts, without } = action
  const range = low === null || high === null ? '' : `${two(low)}–${two(high)}`
  const up = action.raisesBy > 0
  const more = hazardRatio > 1
  const figures = {
    en: `hazard ratio ${two(hazardRatio)}, interval ${range}; ${accounts} accounts against ${without}`,
    ja: `ハザード比 ${two(hazardRatio)}、区間 ${range}。${accounts}社と${without}社の比較`,
  }
  return [
    ground === 'action_supports'
      ? {
          en: `'${action.action}' reached new accounts of every kind alike and ${up ? 'raised' : 'lowered'} the figure; they were then lost ${more ? 'more' : 'less'} often than those it did not reach (${figures.en}).`,
          ja: `「${action.action}」は顧客の種類に偏りなく実施され、この値を${up ? '上げて' : '下げて'}いました。実施した顧客は、実施しなかった顧客より解約が${more ? '多く' : '少なく'}なっています(${figures.ja})。`,
        }
      : {
          en: `But '${action.action}', which reached new accounts of every kind alike and ${up ? 'raised' : 'lowered'} the figure, did not change how many were lost (${figures.en}).`,
          ja: `しかし、「${action.action}」は偏りなく実施されてこの値を${up ? '上げて' : '下げて'}いたのに、解約の多さは変わりませんでした(${figures.ja})。`,
        },
  ]
}

function signalText({ signals }: CauseNamed, found: CauseFound): Text[] {
  return found.signals
    .filter(({ isFollowed }) => isFollowed)
    .slice(0, 1)
    .map(({ signal, follows }) => {
      const name = signals.get(signal) ?? { en: signal, ja: signal }
      const up = follows < 0
      return {
        en: `A month after '${name.en}' falls it ${up ? 'rises' : 'falls'}, while '${name.en}' hardly moves after it: people act on the risk, or the risk itself moves the figure.`,
        ja: `「${name.ja}」が下がった翌月にこの値は${up ? '上がる' : '下がる'}傾向がありますが、その逆はほとんど見られません。リスクに気づいた対応、またはリスクそのものが値に表れていると考えられます。`,
      }
    })
}

function silentText({ starters, actions }: CauseFound): Text[] {
  const began: Text = {
    en: `The ${starters.starting} cases of an account just gone above, ${starters.startingWithOutcome} with the outcome, are too few to tell a cause from a mark of customers who were of that kind already`,
    ja: `超えたばかりの顧客は${starters.starting}件(うち結果が起きたのは${starters.startingWithOutcome}件)しかなく、原因なのか、もともとそうなりやすい顧客の目印なのかを区別できません`,
  }
  return [
    actions.length === 0
      ? {
          en: `${began.en}, and nothing was done evenly to accounts of every kind that moved the figure.`,
          ja: `${began.ja}。この値を動かす施策が偏りなく行われた例もありません。`,
        }
      : {
          en: `${began.en}; '${actions[0]?.action}' moved the figure evenly, and too few were lost since to tell.`,
          ja: `${began.ja}。「${actions[0]?.action}」は偏りなくこの値を動かしていますが、その後の解約がまだ少なく判断できません。`,
        },
  ]
}

function unknownText({ eValue }: CauseFound): Text {
  if (eValue === null || eValue.interval === null || eValue.interval <= 1) return { en: '', ja: '' }
  const needed = two(eValue.interval)
  return {
    en: `These are observations: something unknown that goes with both by a ratio of ${needed} or more could still explain the difference.`,
    ja: `ただし観察にもとづく結果です。両方に${needed}倍以上の強さで関わる未知の要因があれば、差は説明できてしまいます。`,
  }
}

/** What to do about it. A trial is all that is ever advised, and only for what leads. */
export function adviseOnCause({ name }: CauseNamed, { verdict }: CauseFound): Text {
  switch (verdict) {
    case 'leads':
      return {
        en: 'Worth a trial: try to move it for accounts chosen by lot, leave the others as they are, and compare before doing so for all.',
        ja: '試す価値があります。対象の顧客を無作為に選んで改善策を行い、残りの顧客と比べてから全体に広げてください。',
      }
    case 'leads_but_does_not_drive':
      return {
        en: `Use '${name.en}' to find accounts that need you, and look for the reason there. Do not make it a goal.`,
        ja: `「${name.ja}」は、対応が必要な顧客を見つけるために使い、理由はその顧客で確かめてください。目標値にはしないでください。`,
      }
    case 'follows':
      return {
        en: `Do not steer by '${name.en}': watch the sign that comes before it.`,
        ja: `「${name.ja}」を管理の目安にしないでください。先に動く兆候のほうを見てください。`,
      }
    case 'no_relation_seen':
      return {
        en: `Do not steer by '${name.en}' for this outcome.`,
        ja: `この結果については、「${name.ja}」を管理の目安にしないでください。`,
      }
    case 'cannot_tell':
      return {
        en: `Do not steer by '${name.en}' yet. A trial with accounts chosen by lot is the surest way to know.`,
        ja: `まだ「${name.ja}」を管理の目安にしないでください。無作為に選んだ顧客での試行が、最も確実な確かめ方です。`,
      }
  }
}
