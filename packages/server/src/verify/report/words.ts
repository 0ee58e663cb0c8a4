import type { Cause } from '@tomoshibi/contract/cause'
import type { Text } from '@tomoshibi/contract/text'

export const words = {
  title: { en: 'Evidence', ja: '検証レポート' },
  about: (outcome: Text, days: number): Text => ({
    en: `what goes before ${outcome.en} within ${days} days, and what drives it`,
    ja: `${days}日以内の${outcome.ja}に先立つものと、それを左右するもの`,
  }),
  metrics: { en: 'Metrics', ja: '指標' },
  metricsNote: {
    en: 'Dashed lines are the average of all accounts. Thin lines are 95 % intervals.',
    ja: '破線は全体の平均、細い線は95%区間です。',
  },
  score: { en: 'Learned score', ja: '学習したスコア' },
  survival: { en: 'How long customers stay', ja: '顧客の継続期間' },
  lamps: { en: 'Lamps', ja: 'ランプ' },
  limits: { en: 'Limits', ja: '注意点' },
  observed: {
    en: 'All of it is observation of this company, as known on the day of the report. Only a trial by lot shows a cause.',
    ja: 'すべて、レポートの日に判明していた自社の実績の観察にもとづきます。原因を示せるのは無作為の試行だけです。',
  },
  byValue: { en: 'Outcome rate by value', ja: '値ごとの発生率' },
  value: { en: 'Value', ja: '値' },
  rate: { en: 'Rate', ja: '発生率' },
  lift: { en: 'Outcome rate by fifths, most at risk first', ja: 'リスクの高い順に5等分した発生率' },
  fifth: { en: 'Fifth, most at risk first', ja: 'リスクの高い順(5等分)' },
  lead: { en: 'How early it tells', ja: '何日前からわかるか' },
  daysBefore: { en: 'Days before', ja: '何日前' },
  reliability: { en: 'Predicted and real rates', ja: '予測した率と実際の率' },
  predicted: { en: 'Predicted', ja: '予測' },
  happened: { en: 'Happened', ja: '実際' },
  metric: { en: 'Metric', ja: '指標' },
  riskWhen: { en: 'Risk is higher when', ja: 'リスクが高いのは' },
  rising: { en: 'high', ja: '高いとき' },
  falling: { en: 'low', ja: '低いとき' },
  weight: { en: 'Weight', ja: '重み' },
  daysPaying: { en: 'Days since the first payment', ja: '有料になってからの日数' },
  stillThere: { en: 'Still customers', ja: '継続している割合' },
  survived: (accounts: number, lost: number, median: number | null): Text => ({
    en: `Of ${accounts} contracts, ${lost} were lost. ${median === null ? 'More than half are still there at the end of the curve.' : `Half are lost within ${Math.round(median)} days.`}`,
    ja: `契約${accounts}件のうち${lost}件が解約されました。${median === null ? '曲線の終わりでも半数以上が継続しています。' : `半数が${Math.round(median)}日以内に解約しています。`}`,
  }),
  noSurvival: { en: 'No contract is known yet.', ja: '契約がまだありません。' },
  noLamps: { en: 'There are no lamps.', ja: 'ランプはありません。' },
  verdicts: {
    leads: { en: 'leads', ja: '先に動く' },
    leads_but_does_not_drive: { en: 'leads but does not drive', ja: '予兆だが原因ではない' },
    follows: { en: 'follows', ja: '後から動く' },
    no_relation_seen: { en: 'no relation seen', ja: '関係は見られない' },
    cannot_tell: { en: 'cannot tell', ja: '判断できない' },
  } satisfies Readonly<Record<Cause['verdict'], Text>>,
}
