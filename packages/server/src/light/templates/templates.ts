import type { Text } from '@tomoshibi/contract/text'

/** A number of a template that is proposed from how the workspace's own accounts are spread. */
export interface Threshold {
  readonly metric: string
  /** The share of paying accounts below it. */
  readonly quantile: number
  /** Where too few accounts have a value. */
  readonly otherwise: number
  /** It is not proposed beyond these, as it would then mean something else. */
  readonly least?: number
  readonly most?: number
}

export interface LampTemplate {
  readonly key: string
  readonly kind: 'risk' | 'opportunity'
  readonly name: Text
  readonly thresholds: Readonly<Record<string, Threshold>>
  /** CEL, in which `$name` stands for a threshold. */
  readonly condition: string
  readonly off: string
  readonly holdDays: number
  readonly severity: 'info' | 'warning' | 'critical'
  readonly why: Text
  readonly todo: { readonly title: Text; readonly steps: Text; readonly dueDays: number }
}

const text = (en: string, ja: string): Text => ({ en, ja })

const low = (metric: string, quantile: number, otherwise: number, most?: number): Threshold => ({
  metric,
  quantile,
  otherwise,
  ...(most === undefined ? {} : { most }),
})
const high = (metric: string, quantile: number, otherwise: number, least?: number): Threshold => ({
  metric,
  quantile,
  otherwise,
  ...(least === undefined ? {} : { least }),
})

const risk = (
  key: string,
  name: Text,
  rule: Pick<LampTemplate, 'thresholds' | 'condition' | 'off'> &
    Partial<Pick<LampTemplate, 'holdDays' | 'severity'>>,
  why: Text,
  todo: LampTemplate['todo'],
): LampTemplate => ({
  key,
  kind: 'risk',
  name,
  holdDays: 2,
  severity: 'warning',
  ...rule,
  why,
  todo,
})

const chance = (
  key: string,
  name: Text,
  rule: Pick<LampTemplate, 'thresholds' | 'condition' | 'off'>,
  why: Text,
  todo: LampTemplate['todo'],
): LampTemplate => ({
  key,
  kind: 'opportunity',
  name,
  holdDays: 13,
  severity: 'info',
  ...rule,
  why,
  todo,
})

const todo = (title: Text, steps: Text, dueDays: number) => ({ title, steps, dueDays })

/** Lamps for the situations that a company meets; each with numbers from its own accounts. */
export const lampTemplates: readonly LampTemplate[] = [
  risk(
    'use_falls',
    text('Use falls', '利用の減少'),
    {
      thresholds: { low: low('login_trend', 0.1, 0.6, 0.8), back: low('login_trend', 0.3, 0.8, 1) },
      condition: 'mrr > 0 && login_trend < $low',
      off: 'login_trend >= $back || mrr <= 0',
    },
    text(
      'Active users are {login_trend} times those of the 28 days before.',
      '利用者数が前の28日間の{login_trend}倍になりました。',
    ),
    todo(
      text('Ask what changed', '何が変わったかを伺いましょう'),
      text(
        '1. See who stopped and when.\n2. Call your contact and ask what changed.\n3. Agree on one next step with a date.\n',
        '1. 誰がいつから使わなくなったかを確認します。\n2. 担当の方に変化の理由を伺います。\n3. 次の一手を一つ、日付とともに合意します。\n',
      ),
      3,
    ),
  ),
  risk(
    'use_below_its_season',
    text('Use below its season', '季節要因を除いた利用の低下'),
    {
      thresholds: {
        low: low('login_trend_z', 0.05, -2, -1),
        back: low('login_trend_z', 0.25, -1, -0.5),
      },
      // Unlike the others, and, where there is a year to compare with, unlike itself at this time of year.
      condition:
        'mrr > 0 && login_trend_z < $low && (!has(login_trend_year_ago) || login_trend < login_trend_year_ago)',
      off: 'login_trend_z >= $back || mrr <= 0',
    },
    text(
      'Use is {login_trend_z} standard deviations from what this time of year brings.',
      '利用がこの時期の通常から{login_trend_z}標準偏差離れています。',
    ),
    todo(
      text('Find out what is unlike other years', '例年との違いを確認しましょう'),
      text(
        '1. Check for closures or projects that explain it.\n2. If none does, call and ask.\n',
        '1. 休業や案件など、説明できる事情を確認します。\n2. なければ電話で伺います。\n',
      ),
      3,
    ),
  ),
  risk(
    'never_began',
    text('Never began', '利用開始の遅れ'),
    {
      thresholds: {},
      condition: 'mrr > 0 && active_users == 0',
      off: 'active_users > 0 || mrr <= 0',
      holdDays: 20,
    },
    text(
      'Nobody has used the product for 28 days, for three weeks now.',
      '28日間の利用者がいない状態が3週間続いています。',
    ),
    todo(
      text('Get the first user going', '最初の利用を支援しましょう'),
      text(
        '1. Ask who should begin and what holds them up.\n2. Do the first step together on a call.\n',
        '1. 誰が使い始めるべきか、何が障害かを伺います。\n2. 最初の手順を一緒に進めます。\n',
      ),
      2,
    ),
  ),
  risk(
    'paid_and_unused',
    text('Paid for and not used', '契約数に対する利用不足'),
    {
      thresholds: {
        low: low('licence_utilisation', 0.15, 0.3, 0.6),
        back: low('licence_utilisation', 0.3, 0.45, 0.7),
      },
      condition: 'mrr > 0 && licence_utilisation < $low',
      off: 'licence_utilisation >= $back || mrr <= 0',
      holdDays: 13,
    },
    text(
      '{licence_utilisation} of the licences are used.',
      'ライセンス利用率は{licence_utilisation}です。',
    ),
    todo(
      text('Bring the seats to life', '席数の活用を支援しましょう'),
      text(
        '1. List invited people who never came.\n2. Offer the administrator to invite and train them together.\n',
        '1. 招待済みで未利用の方を洗い出します。\n2. 管理者の方に再招待と説明を一緒に行うことを提案します。\n',
      ),
      7,
    ),
  ),
  risk(
    'unused_before_renewal',
    text('Unused before renewal', '更新前の利用不足'),
    {
      thresholds: {
        low: low('licence_utilisation', 0.25, 0.5, 0.7),
        back: low('licence_utilisation', 0.4, 0.6, 0.8),
      },
      condition: 'mrr > 0 && days_to_renewal <= 90 && licence_utilisation < $low',
      off: 'mrr <= 0 || days_to_renewal > 90 || licence_utilisation >= $back',
      severity: 'critical',
    },
    text(
      '{licence_utilisation} of the licences are used, and the contract renews in {days_to_renewal}.',
      'ライセンス利用率は{licence_utilisation}で、更新まで{days_to_renewal}です。',
    ),
    todo(
      text('Agree on the right size before the renewal', '更新前に適正な契約数を話し合いましょう'),
      text(
        '1. Show what is used and by whom.\n2. Propose to raise the use or to fit the seats.\n',
        '1. 誰が何を使っているかを示します。\n2. 活用策または席数の見直しを提案します。\n',
      ),
      5,
    ),
  ),
  risk(
    'few_adopt',
    text('Few adopt it', '定着率の低さ'),
    {
      thresholds: {
        low: low('adoption_rate', 0.1, 0.2, 0.5),
        back: low('adoption_rate', 0.25, 0.35, 0.6),
      },
      condition: 'mrr > 0 && adoption_rate < $low',
      off: 'adoption_rate >= $back || mrr <= 0',
      holdDays: 13,
    },
    text(
      '{adoption_rate} of the invited people use it.',
      '招待済みの方のうち利用しているのは{adoption_rate}です。',
    ),
    todo(
      text('Find a use for one team', '1チームでの活用を提案しましょう'),
      text(
        '1. Choose one team with a task that fits.\n2. Set a small goal and a date with its lead.\n',
        '1. 業務に合うチームを1つ選びます。\n2. リーダーの方と小さな目標と日付を決めます。\n',
      ),
      7,
    ),
  ),
  risk(
    'use_without_habit',
    text('Use without habit', '習慣化していない利用'),
    {
      thresholds: {
        low: low('stickiness', 0.1, 0.1, 0.3),
        back: low('stickiness', 0.25, 0.2, 0.4),
      },
      condition: 'mrr > 0 && stickiness < $low',
      off: 'stickiness >= $back || mrr <= 0',
      holdDays: 13,
      severity: 'info',
    },
    text(
      'On a usual day {stickiness} of the month’s users come.',
      '1日あたりの利用者は月間利用者の{stickiness}です。',
    ),
    todo(
      text('Put it into the week', '週次業務に組み込みましょう'),
      text(
        '1. Ask for a task of every week.\n2. Show how the product does it.\n',
        '1. 毎週の業務を伺います。\n2. その業務を製品で行う方法を示します。\n',
      ),
      10,
    ),
  ),
  risk(
    'narrow_use',
    text('Narrow use', '一部機能だけの利用'),
    {
      thresholds: { low: low('breadth', 0.1, 0.2, 0.5), back: low('breadth', 0.25, 0.3, 0.6) },
      condition: 'mrr > 0 && breadth < $low',
      off: 'breadth >= $back || mrr <= 0',
      holdDays: 13,
      severity: 'info',
    },
    text(
      '{breadth} of the features of the plan are used.',
      'プランの機能のうち使われているのは{breadth}です。',
    ),
    todo(
      text('Show one more feature', '機能を一つ紹介しましょう'),
      text(
        '1. Pick the feature that accounts like this use most.\n2. Show it on their own data.\n',
        '1. 似た顧客が最も使う機能を選びます。\n2. 先方のデータで実演します。\n',
      ),
      10,
    ),
  ),
  risk(
    'used_less_than_peers',
    text('Used less than by its peers', '同業より少ない利用'),
    {
      thresholds: {
        low: low('usage_rate_percentile', 0.1, 0.1, 0.2),
        back: low('usage_rate_percentile', 0.3, 0.3, 0.4),
      },
      condition: 'mrr > 0 && usage_rate_percentile < $low',
      off: 'usage_rate_percentile >= $back || mrr <= 0',
      holdDays: 13,
      severity: 'info',
    },
    text(
      'It is ahead of {usage_rate_percentile} of its segment in use.',
      '利用頻度で上回っているのは同セグメントの{usage_rate_percentile}です。',
    ),
    todo(
      text('Share what peers do', '他社の使い方を紹介しましょう'),
      text(
        '1. Choose a peer that does well.\n2. Tell what it does differently.\n',
        '1. うまくいっている他社を選びます。\n2. 使い方の違いを伝えます。\n',
      ),
      10,
    ),
  ),
  risk(
    'silent',
    text('Silent', '音信不通'),
    {
      thresholds: { long: high('silent_days', 0.9, 60, 30) },
      condition: 'mrr > 0 && silent_days >= $long',
      off: 'silent_days < $long || mrr <= 0',
      severity: 'info',
    },
    text('No sign of life for {silent_days}.', '{silent_days}間、反応がありません。'),
    todo(
      text('Get in touch with something useful', '役立つ話題で連絡しましょう'),
      text(
        '1. Find one reason to write.\n2. Write, then call, then try a second contact.\n',
        '1. 連絡する理由を一つ探します。\n2. メール、電話、別の方の順に連絡します。\n',
      ),
      7,
    ),
  ),
  risk(
    'no_decision_maker',
    text('No decision maker at the table', '決裁者との接点なし'),
    {
      thresholds: { large: high('mrr', 0.75, 100_000) },
      condition: 'mrr >= $large && decision_maker_contacts == 0',
      off: 'decision_maker_contacts > 0 || mrr < $large',
      severity: 'info',
    },
    text(
      'No contact with a decision maker in 90 days, at {mrr} a month.',
      '月額{mrr}の顧客ですが、90日間決裁者との接点がありません。',
    ),
    todo(
      text('Meet whoever decides', '決裁者と会いましょう'),
      text(
        '1. Ask your contact for an introduction.\n2. Bring the results of the last quarter.\n',
        '1. 担当の方に紹介をお願いします。\n2. 直近四半期の成果を持参します。\n',
      ),
      14,
    ),
  ),
  risk(
    'renewal_without_contact',
    text('Renewal without contact', '接点のない更新前'),
    {
      thresholds: {},
      condition: 'mrr > 0 && days_to_renewal <= 60 && decision_maker_contacts == 0',
      off: 'mrr <= 0 || days_to_renewal > 60 || decision_maker_contacts > 0',
      severity: 'critical',
    },
    text(
      'The contract renews in {days_to_renewal}, and nobody who decides was met in 90 days.',
      '更新まで{days_to_renewal}ですが、90日間決裁者と会っていません。',
    ),
    todo(
      text('Speak about the renewal', '更新について話しましょう'),
      text(
        '1. Ask for a meeting this week.\n2. Prepare what was achieved and what comes next.\n',
        '1. 今週中の面談をお願いします。\n2. 成果と今後の予定を準備します。\n',
      ),
      3,
    ),
  ),
  risk(
    'low_pulse',
    text('Low pulse', '所感の悪化'),
    {
      thresholds: {},
      condition: 'mrr > 0 && csm_sentiment <= 2',
      off: '!has(csm_sentiment) || csm_sentiment >= 3 || mrr <= 0',
      holdDays: 0,
    },
    text('The last pulse is {csm_sentiment} of 5.', '最新の所感は5段階中{csm_sentiment}です。'),
    todo(
      text('Turn the impression into a plan', '所感を行動に移しましょう'),
      text(
        '1. Write down what the impression rests on.\n2. Agree with your lead on one action.\n',
        '1. 所感の根拠を書き出します。\n2. 上長と行動を一つ決めます。\n',
      ),
      3,
    ),
  ),
  risk(
    'large_detractor',
    text('Detractor at a large customer', '大口顧客の批判者'),
    {
      thresholds: { large: high('mrr', 0.75, 100_000) },
      condition: 'mrr >= $large && detractors > 0',
      off: '!has(detractors) || detractors <= 0 || mrr < $large',
      holdDays: 0,
      severity: 'critical',
    },
    text(
      '{detractors} people gave 0 to 6, at {mrr} a month.',
      '月額{mrr}の顧客で、0〜6点の回答が{detractors}件あります。',
    ),
    todo(
      text('Call whoever gave the low score', '低い点数を付けた方に電話しましょう'),
      text(
        '1. Read the comment and the tickets.\n2. Call within two days and listen.\n',
        '1. コメントとお問い合わせを読みます。\n2. 2日以内に電話して話を伺います。\n',
      ),
      2,
    ),
  ),
  risk(
    'service_displeases',
    text('Service displeases', 'サポート満足度の低下'),
    {
      thresholds: { low: low('csat_mean', 0.1, 3, 4), back: low('csat_mean', 0.3, 4, 4.5) },
      condition: 'mrr > 0 && csat_mean < $low',
      off: '!has(csat_mean) || csat_mean >= $back || mrr <= 0',
      holdDays: 0,
    },
    text('Satisfaction is {csat_mean} of 5.', '満足度は5段階中{csat_mean}です。'),
    todo(
      text('Make the last case good', '直近の対応を立て直しましょう'),
      text(
        '1. Read the last tickets.\n2. Apologise where it is due, and mend one thing.\n',
        '1. 直近のお問い合わせを読みます。\n2. 必要ならお詫びし、一つ改善します。\n',
      ),
      3,
    ),
  ),
  risk(
    'hard_to_use',
    text('Hard to use', '使いにくさ'),
    {
      thresholds: { low: low('ces', 0.1, 4, 5), back: low('ces', 0.3, 5, 6) },
      condition: 'mrr > 0 && ces < $low',
      off: '!has(ces) || ces >= $back || mrr <= 0',
      holdDays: 0,
      severity: 'info',
    },
    text('Ease is {ces} of 7.', '使いやすさは7段階中{ces}です。'),
    todo(
      text('Watch them do it', '操作を見せてもらいましょう'),
      text(
        '1. Ask to be shown the step that is hard.\n2. Show the short way, or hand it on to the product team.\n',
        '1. 難しい手順を見せてもらいます。\n2. 近道を示すか、製品チームに伝えます。\n',
      ),
      7,
    ),
  ),
  risk(
    'many_open_tickets',
    text('Many open tickets', '未解決チケットの増加'),
    {
      thresholds: { many: high('tickets_open', 0.95, 4, 3) },
      condition: 'mrr > 0 && tickets_open >= $many',
      off: 'tickets_open < $many || mrr <= 0',
    },
    text('{tickets_open} tickets are open.', '未解決のチケットが{tickets_open}件あります。'),
    todo(
      text('Clear the pile together', '一緒に解消しましょう'),
      text(
        '1. Agree with support which come first.\n2. Tell the customer dates.\n',
        '1. サポートと優先順位を決めます。\n2. 対応日をお知らせします。\n',
      ),
      2,
    ),
  ),
  risk(
    'many_questions',
    text('Many questions how', '使い方の質問の増加'),
    {
      thresholds: { many: high('how_to_tickets', 0.9, 5, 3) },
      condition: 'mrr > 0 && how_to_tickets >= $many',
      off: '!has(how_to_tickets) || how_to_tickets < $many || mrr <= 0',
      severity: 'info',
    },
    text(
      '{how_to_tickets} questions of how to do something in 60 days.',
      '60日間に使い方の質問が{how_to_tickets}件ありました。',
    ),
    todo(
      text('Answer them at once', 'まとめて答えましょう'),
      text(
        '1. Sort the questions.\n2. Hold one session that answers them all.\n',
        '1. 質問を整理します。\n2. まとめて答える説明会を開きます。\n',
      ),
      7,
    ),
  ),
  risk(
    'fires_all_the_time',
    text('Unplanned contacts pile up', '突発対応の増加'),
    {
      thresholds: { many: high('unplanned_contacts', 0.9, 6, 3) },
      condition: 'mrr > 0 && unplanned_contacts >= $many',
      off: '!has(unplanned_contacts) || unplanned_contacts < $many || mrr <= 0',
      severity: 'info',
    },
    text(
      '{unplanned_contacts} unplanned contacts in 60 days.',
      '60日間に突発の対応が{unplanned_contacts}件ありました。',
    ),
    todo(
      text('Find what starts the fires', '原因を見つけましょう'),
      text(
        '1. Look for what they have in common.\n2. Plan one thing that prevents the next.\n',
        '1. 共通点を探します。\n2. 次を防ぐ対策を一つ計画します。\n',
      ),
      7,
    ),
  ),
  risk(
    'payment_late',
    text('Payment late', '支払いの遅れ'),
    {
      thresholds: { long: high('overdue_days', 0.97, 14, 7) },
      condition: 'mrr > 0 && overdue > 0 && overdue_days >= $long',
      off: '!has(overdue) || overdue <= 0 || mrr <= 0',
    },
    text(
      '{overdue} is unpaid, the oldest for {overdue_days}.',
      '未払い{overdue}、最長{overdue_days}の遅れです。',
    ),
    todo(
      text('Ask what holds it up', '遅れの理由を伺いましょう'),
      text(
        '1. Check with accounting first.\n2. Ask kindly whether something is wrong.\n',
        '1. まず経理に確認します。\n2. 問題がないか丁寧に伺います。\n',
      ),
      3,
    ),
  ),
  risk(
    'onboarding_stuck',
    text('Onboarding stuck', 'オンボーディングの停滞'),
    {
      thresholds: { long: high('days_in_onboarding', 0.75, 90, 30) },
      condition: 'mrr > 0 && days_in_onboarding > $long',
      off: '!has(days_in_onboarding) || days_in_onboarding <= $long || mrr <= 0',
    },
    text(
      'In onboarding for {days_in_onboarding}.',
      'オンボーディング開始から{days_in_onboarding}です。',
    ),
    todo(
      text('Remove what blocks it', '障害を取り除きましょう'),
      text(
        '1. See which milestone waits, and for what.\n2. Agree on a new date for each.\n',
        '1. 止まっている項目と理由を確認します。\n2. それぞれの新しい期日を合意します。\n',
      ),
      5,
    ),
  ),
  risk(
    'little_engagement',
    text('Little engagement', '関わりの少なさ'),
    {
      thresholds: { low: low('engagement', 0.1, 1, 3), back: low('engagement', 0.25, 2, 5) },
      condition: 'mrr > 0 && engagement < $low',
      off: 'engagement >= $back || mrr <= 0',
      holdDays: 13,
      severity: 'info',
    },
    text(
      '{engagement} signs of life in 90 days, weighted.',
      '90日間の反応は(重み付きで){engagement}です。',
    ),
    todo(
      text('Invite them to something', '催しに招待しましょう'),
      text(
        '1. Choose a webinar or user meeting that fits.\n2. Invite by name, not by list.\n',
        '1. 合うセミナーやユーザー会を選びます。\n2. 個別にお誘いします。\n',
      ),
      14,
    ),
  ),
  risk(
    'health_red',
    text('Health is red', 'ヘルススコアが赤'),
    {
      thresholds: { low: low('health_score', 0.1, 50, 50), back: low('health_score', 0.2, 60, 60) },
      condition: 'mrr > 0 && health_score < $low',
      off: '!has(health_score) || health_score >= $back || mrr <= 0',
    },
    text('The health score is {health_score}.', 'ヘルススコアは{health_score}です。'),
    todo(
      text('See what makes the score', 'スコアの内訳を見ましょう'),
      text(
        '1. Look at the measures that take most away.\n2. Act on the first that you can move.\n',
        '1. 大きく下げている項目を確認します。\n2. 動かせるものから対応します。\n',
      ),
      3,
    ),
  ),
  chance(
    'seats_run_out',
    text('Seats run out', '席数の不足(アップセル)'),
    {
      thresholds: { full: high('licence_utilisation', 0.9, 0.95, 0.85) },
      condition: 'mrr > 0 && licence_utilisation >= $full',
      off: 'licence_utilisation < $full || mrr <= 0',
    },
    text(
      '{licence_utilisation} of the licences are used.',
      'ライセンス利用率は{licence_utilisation}です。',
    ),
    todo(
      text('Offer more seats', '席数の追加を提案しましょう'),
      text(
        '1. See which teams wait.\n2. Offer seats with what they would do with them.\n',
        '1. 待っているチームを確認します。\n2. 用途とともに追加を提案します。\n',
      ),
      14,
    ),
  ),
  chance(
    'ready_for_more',
    text('Ready for another product', '別製品の提案時期(クロスセル)'),
    {
      thresholds: { wide: high('breadth', 0.9, 0.8, 0.5) },
      condition: 'mrr > 0 && breadth >= $wide && licence_utilisation >= 0.6',
      off: 'breadth < $wide || licence_utilisation < 0.6 || mrr <= 0',
    },
    text(
      '{breadth} of the features of the plan are used.',
      'プランの機能の{breadth}が使われています。',
    ),
    todo(
      text('Speak about the next need', '次の課題を伺いましょう'),
      text(
        '1. Ask what they still do elsewhere.\n2. Show the product that does it.\n',
        '1. ほかの手段で行っている業務を伺います。\n2. 対応する製品を紹介します。\n',
      ),
      14,
    ),
  ),
  chance(
    'growing',
    text('Growing fast', '利用の急成長'),
    {
      thresholds: { fast: high('login_trend', 0.9, 1.3, 1.15) },
      condition: 'mrr > 0 && login_trend >= $fast && licence_utilisation >= 0.6',
      off: 'login_trend < $fast || mrr <= 0',
    },
    text(
      'Active users are {login_trend} times those of the 28 days before.',
      '利用者数が前の28日間の{login_trend}倍に増えました。',
    ),
    todo(
      text('Help them grow', '成長を支援しましょう'),
      text(
        '1. Ask what brings the new users.\n2. Offer the plan that fits where they go.\n',
        '1. 増加の背景を伺います。\n2. 今後に合うプランを提案します。\n',
      ),
      10,
    ),
  ),
  chance(
    'would_recommend',
    text('Would recommend us', '推薦・紹介の候補'),
    {
      thresholds: { fond: high('nps', 0.75, 50, 30) },
      condition: 'mrr > 0 && nps >= $fond && silent_days < 60',
      off: '!has(nps) || nps < $fond || mrr <= 0',
    },
    text('NPS is {nps}.', 'NPSは{nps}です。'),
    todo(
      text('Ask for a reference', '紹介をお願いしましょう'),
      text(
        '1. Thank the people who gave 9 or 10.\n2. Ask for one introduction or a word in public.\n',
        '1. 9〜10点の方にお礼を伝えます。\n2. ご紹介または推薦の言葉をお願いします。\n',
      ),
      21,
    ),
  ),
  chance(
    'a_story_to_tell',
    text('A story to tell', '導入事例の候補'),
    {
      thresholds: { much: high('usage_rate', 0.9, 10) },
      condition: 'mrr > 0 && usage_rate >= $much && csm_sentiment >= 4',
      off: '!has(csm_sentiment) || csm_sentiment < 4 || usage_rate < $much || mrr <= 0',
    },
    text(
      'Used {usage_rate} times per user and week, with a pulse of {csm_sentiment}.',
      '利用頻度は週{usage_rate}回/人、所感は{csm_sentiment}です。',
    ),
    todo(
      text('Ask for a case study', '事例化をお願いしましょう'),
      text(
        '1. Collect the figures of before and after.\n2. Ask whoever gains from being seen.\n',
        '1. 導入前後の数値を集めます。\n2. 紹介が励みになる方にお願いします。\n',
      ),
      21,
    ),
  ),
]
