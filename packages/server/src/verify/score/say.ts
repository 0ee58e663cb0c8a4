import type { LearnedScore } from '@tomoshibi/contract/score'
import type { Text } from '@tomoshibi/contract/text'
import { fewestAccounts, type ScoreFailure } from './learn.ts'

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

/** Why there is no score. */
export function sayFailure(failure: ScoreFailure): Text {
  switch (failure.code) {
    case 'too_few_past':
      return {
        en: `Accounts with the outcome in the earlier half: ${failure.withOutcome}; a score needs at least ${fewestAccounts} to learn from.`,
        ja: `前半に結果が起きた顧客は${failure.withOutcome}社です。スコアの学習には${fewestAccounts}社以上必要です。`,
      }
    case 'too_few_later':
      return {
        en: `Accounts with the outcome in the later half: ${failure.withOutcome}; at least ${fewestAccounts} are needed to judge a score by.`,
        ja: `後半に結果が起きた顧客は${failure.withOutcome}社です。スコアの検証には${fewestAccounts}社以上必要です。`,
      }
    case 'no_metric':
      return {
        en: 'No metric goes before the outcome in the earlier half, so that there is nothing to make a score of.',
        ja: '前半の実績では、結果に先立って動く指標がありません。スコアの材料がない状態です。',
      }
    case 'no_fit':
      return {
        en: 'What the metrics say together in the earlier half does not hold on accounts that were left out.',
        ja: '前半の実績から学習した組み合わせは、学習に使っていない顧客には当てはまりませんでした。',
      }
  }
}
