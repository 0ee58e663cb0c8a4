import type { Text } from '@tomoshibi/contract/text'
import type { Judged } from './judge.ts'

interface Asked {
  readonly name: Text
  readonly outcome: Text
  readonly horizonDays: number
}

const two = (value: number) => value.toFixed(2)

/** What was found, in a sentence or two; never that a metric is a cause. */
export function sayMetricEvidence(asked: Asked, found: Judged): Text {
  const { name, outcome, horizonDays } = asked
  const { auc, verdict, reasons } = found
  if (verdict === 'cannot_tell' || auc === null) {
    return {
      en: ['It cannot be told yet.', ...reasons.map(({ en }) => en)].join(' '),
      ja: ['まだ判断できません。', ...reasons.map(({ ja }) => ja)].join(''),
    }
  }
  const area = areaText(auc)
  const lower = found.direction === 'lower'
  const smallest = powerText(found)
  const percent = Math.round(auc.value * 100)
  switch (verdict) {
    case 'separates':
      return {
        en: `${lower ? 'Lower' : 'Higher'} '${name.en}' goes before ${outcome.en} within ${horizonDays} days: of two accounts, one with it and one without, the first had the ${lower ? 'lower' : 'higher'} value in ${percent} of 100 pairs (${area.en}). It is a sign and not shown to be a cause: raising the figure need not change what follows.`,
        ja: `「${name.ja}」が${lower ? '低い' : '高い'}顧客では、${horizonDays}日以内に${outcome.ja}が起きやすい傾向があります。起きた顧客と起きなかった顧客を1社ずつ比べると、100組のうち${percent}組で前者の値のほうが${lower ? '低く' : '高く'}なっています(${area.ja})。これは兆候であり、原因と示されたわけではありません。この値を変えても、結果が変わるとは限りません。`,
      }
    case 'no_relation_seen':
      return {
        en: `No relation of '${name.en}' with ${outcome.en} within ${horizonDays} days was seen: ${area.en} cannot be told from chance (0.50).${smallest.en}`,
        ja: `「${name.ja}」と${horizonDays}日以内の${outcome.ja}との関係は見られませんでした。${area.ja}は偶然(0.50)と区別できません。${smallest.ja}`,
      }
    case 'turned_round':
      return {
        en: `'${name.en}' does not hold: ${lower ? 'lower' : 'higher'} values were expected before ${outcome.en} within ${horizonDays} days, and ${lower ? 'higher' : 'lower'} ones were found (${area.en}). Do not rely on it.`,
        ja: `「${name.ja}」は当てになりません。${horizonDays}日以内の${outcome.ja}の前には値が${lower ? '低い' : '高い'}と見込まれましたが、実際には${lower ? '高く' : '低く'}なっていました(${area.ja})。`,
      }
  }
}

function areaText({ value, low, high }: NonNullable<Judged['auc']>): Text {
  const range = low === null || high === null ? null : `${two(low)}–${two(high)}`
  return {
    en: `AUC ${two(value)}${range === null ? '' : `, 95 % interval ${range}`}`,
    ja: `AUC ${two(value)}${range === null ? '' : `、95%区間 ${range}`}`,
  }
}

function powerText({ power, accountsWithOutcome }: Judged): Text {
  if (power.smallestAuc === null) return power.reason ?? { en: '', ja: '' }
  const smallest = two(power.smallestAuc)
  return {
    en: ` With ${accountsWithOutcome} such accounts, an AUC of ${smallest} or more would be seen 4 times out of 5; a weaker relation is not ruled out.`,
    ja: `該当する顧客が${accountsWithOutcome}社のため、AUC が${smallest}以上なら5回に4回は検出できますが、それより弱い関係がないとはいえません。`,
  }
}

/** What every such answer cannot do. */
export const limitsOfMetricEvidence: readonly Text[] = [
  {
    en: 'One row for each account and month end: an account counts several times, which the intervals allow for.',
    ja: '顧客と月末ごとに1行のため、同じ顧客が複数回数えられます。区間はそれを考慮しています。',
  },
  {
    en: 'The direction comes from the earlier half of the history, the figures from the later one; outcomes are told from what is known now.',
    ja: '注目する方向は履歴の前半から、数値は後半から求めています。結果は現在わかっている事実によります。',
  },
  {
    en: 'Where many metrics are asked about, some separate by chance: about one in forty.',
    ja: '多くの指標を調べると、偶然に関係があるように見えるものが出ます(およそ40個に1個)。',
  },
]
