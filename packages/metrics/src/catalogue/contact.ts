import type { Text } from '../text.ts'
import { define } from './define.ts'

const daysAgo = (key: string, name: Text, says: Text, formula: Text) =>
  define({
    key,
    name,
    says,
    formula,
    group: 'contact',
    unit: 'days',
    better: 'lower',
    time: 'instant',
    settings: ['timeZone'],
    counts: 'present',
    measure: { kind: 'quantile', of: `signs.${key}` },
  })

/** Whether the company and the customer talk with each other. */
export const contactMetrics = [
  daysAgo(
    'silent_days',
    { en: 'Silent days', ja: '無反応日数' },
    {
      en: 'Days since the customer last gave a sign of life. Silence is itself a signal.',
      ja: '顧客から最後に反応があってからの日数です。沈黙もひとつのサインです。',
    },
    {
      en: 'Days since the last ticket, survey answer, inbound or two-way contact; over the portfolio the median. Former customers are left out.',
      ja: '最後のチケット、アンケート回答、顧客発または双方向の接触からの日数。全体では中央値。契約が終了した顧客は除きます。',
    },
  ),
  daysAgo(
    'days_since_contact',
    { en: 'Days since contact', ja: '最終接触からの日数' },
    {
      en: 'Days since anyone last talked with the customer.',
      ja: '顧客と最後に会話してからの日数です。',
    },
    {
      en: 'Days since the last two-way contact; over the portfolio the median. Former customers are left out.',
      ja: '最後の双方向の接触からの日数。全体では中央値。契約が終了した顧客は除きます。',
    },
  ),
  define({
    key: 'engagement',
    name: { en: 'Engagement', ja: 'エンゲージメント' },
    says: {
      en: 'How much came from the customer in the last 90 days. Silence is itself a signal.',
      ja: '直近90日に顧客からどれだけ反応があったかです。沈黙もひとつのサインです。',
    },
    formula: {
      en: 'Signs of life in 90 days, each by the weight of its kind: tickets, replies (inbound or two-way e-mail and chat), survey answers, meetings and calls, community posts, event attendance. The weights are a workspace setting, 1 unless set. Over the portfolio the mean; a customer that gave no sign has 0, where the workspace records them. Former customers are left out.',
      ja: '直近90日の反応に種類ごとの重みを掛けた合計。対象はチケット、返信(顧客発または双方向のメール・チャット)、アンケート回答、会議・電話、コミュニティ投稿、イベント参加です。重みはワークスペース設定で、初期値は1です。全体では平均。反応の記録があるワークスペースでは、反応のない契約顧客は0です。契約が終了した顧客は除きます。',
    },
    group: 'contact',
    unit: 'score',
    better: 'higher',
    time: 'instant',
    settings: ['timeZone', 'engagementWeights'],
    counts: 'present',
    measure: { kind: 'mean', of: 'signs.engagement' },
  }),
  define({
    key: 'decision_maker_contacts',
    name: { en: 'Decision-maker contacts', ja: '決裁者との接触回数' },
    says: {
      en: 'Meetings and calls of the last 90 days in which someone who decides took part.',
      ja: '直近90日に決裁者が参加した会議・電話の回数です。',
    },
    formula: {
      en: 'Meetings and calls in 90 days that say that a decision maker took part, or were with a contact marked as one. A customer without any has 0, where the workspace records touchpoints.',
      ja: '直近90日の会議・電話のうち、決裁者の参加が記録されているか、相手の担当者が決裁者であるものの数。接点の記録があるワークスペースでは、記録のない契約顧客は0です。',
    },
    group: 'contact',
    unit: 'count',
    better: 'higher',
    time: 'instant',
    settings: ['timeZone'],
    measure: { kind: 'sum', of: ['touchpoints.decision_maker_contacts'] },
  }),
  define({
    key: 'unplanned_contacts',
    name: { en: 'Unplanned contacts', ja: '計画外の接触回数' },
    says: {
      en: 'Contacts of the last 60 days that were a reaction and not part of a plan.',
      ja: '直近60日の、計画によらない対応としての接触の回数です。',
    },
    formula: {
      en: 'Meetings, calls, e-mails and chats in 60 days that are not marked as planned. A customer without any has 0, where the workspace records touchpoints.',
      ja: '直近60日の会議・電話・メール・チャットのうち、計画されたものでないものの数。接点の記録があるワークスペースでは、記録のない契約顧客は0です。',
    },
    group: 'contact',
    unit: 'count',
    better: 'lower',
    time: 'instant',
    settings: ['timeZone'],
    measure: { kind: 'sum', of: ['touchpoints.unplanned_contacts'] },
  }),
]
