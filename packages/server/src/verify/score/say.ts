import type { LearnedScore } from '@tomoshibi/contract/score'
import type { Text } from '@tomoshibi/contract/text'

const two = (value: number) => value.toFixed(2)
const range = (low: number | null, high: number | null) =>
  low === null || high === null ? '–' : `${two(low)}–${two(high)}`

/** What the score is worth, and beside what. */
export function sayScore({
  verdict,
  reasons,
  card,
}: Pick<LearnedScore, 'verdict' | 'reasons' | 'card'>): Text {
  const { score, rivals, calibration } = card
  if (verdict === 'cannot_tell' || score === null) {
    return {
      en: ['There is no score.', ...reasons.map(({ en }) => en)].join(' '),
      ja: ['スコアは作成できません。', ...reasons.map(({ ja }) => ja)].join(''),
    }
  }
  const area = {
    en: `AUC ${two(score.auc)}, 95 % interval ${range(score.low, score.high)}`,
    ja: `AUC ${two(score.auc)}、95%区間 ${range(score.low, score.high)}`,
  }
  const against = rivals.map(({ name, auc, difference, differenceLow, differenceHigh }) => ({
    en: `'${name.en}' alone has ${two(auc)} (difference ${two(difference)}, ${range(differenceLow, differenceHigh)})`,
    ja: `「${name.ja}」だけでは${two(auc)}(差 ${two(difference)}、${range(differenceLow, differenceHigh)})`,
  }))
  const listed = {
    en: against.map(({ en }) => en).join('; '),
    ja: against.map(({ ja }) => ja).join('、'),
  }
  if (verdict === 'not_offered') {
    const kept = rivals.find(({ isBeaten }) => !isBeaten)?.name ?? rivals[0]?.name
    return {
      en: `The score is not offered: on months and accounts it had not seen (${area.en}) it is not shown to be better than what is simpler. ${listed.en}. Use '${kept?.en}' instead.`,
      ja: `スコアは提供しません。学習に使っていない月と顧客では(${area.ja})、より単純な指標に勝るとはいえません。${listed.ja}。「${kept?.ja}」をお使いください。`,
    }
  }
  const right =
    calibration === null
      ? { en: '', ja: '' }
      : {
          en: ` For each outcome that it predicted, ${two(calibration.observedToExpected)} happened; its probabilities are set right by that.`,
          ja: `予測した件数に対する実際の件数の比は${two(calibration.observedToExpected)}で、確率はこれに合わせて補正しています。`,
        }
  return {
    en: `The score separates on months and accounts it had not seen: ${area.en}. It beats what is simpler: ${listed.en}.${right.en} It is a sign of who is at risk and no cause; the parts of an account's score say where to look.`,
    ja: `学習に使っていない月と顧客で、スコアは結果を見分けています(${area.ja})。より単純な指標に勝っています。${listed.ja}。${right.ja}リスクのある顧客を示す兆候であり、原因ではありません。顧客ごとの内訳は、どこを確認すべきかを示します。`,
  }
}
