import type { Reason, ReasonCode } from './answer.ts'

/** The reasons for 'there is no value' in words; `{name}` stands for a number of the reason,
 * `{names}` for the columns that are meant. */
const templates: Readonly<Record<ReasonCode, { en: string; ja: string }>> = {
  no_cases: {
    en: 'There are no cases.',
    ja: '対象となるデータがありません。',
  },
  too_few_cases: {
    en: 'There are {n} cases; at least {needed} are needed.',
    ja: 'データが{n}件しかありません。{needed}件以上必要です。',
  },
  missing_values: {
    en: '{missing} of {n} rows have no value. Leave them out or fill them in first.',
    ja: '{n}行のうち{missing}行に値がありません。先に除くか補ってください。',
  },
  no_events: {
    en: 'The outcome has not happened in any of {n} cases.',
    ja: '{n}件のうち、結果が起きたものは1件もありません。',
  },
  too_few_events: {
    en: 'The outcome has happened {events} times; at least {needed} are needed.',
    ja: '結果が起きたのは{events}件です。{needed}件以上必要です。',
  },
  one_class: {
    en: 'All {n} cases had the same outcome, so nothing can be told apart.',
    ja: '{n}件すべてが同じ結果のため、見分けることができません。',
  },
  one_group: {
    en: 'All {n} cases are in one group, so there is nothing to compare with.',
    ja: '{n}件すべてが同じグループのため、比べる相手がありません。',
  },
  constant: {
    en: 'The value is the same in every case{names}.',
    ja: 'すべて同じ値です{names}。',
  },
  collinear: {
    en: 'A column says only what others already say{names}.',
    ja: 'ほかの列から完全に決まる列があります{names}。',
  },
  separated: {
    en: 'A column tells the outcome perfectly in these cases, so its effect has no finite size{names}.',
    ja: 'このデータでは結果を完全に言い当てる列があり、効果の大きさが定まりません{names}。',
  },
  not_converged: {
    en: 'The calculation did not settle after {iterations} steps.',
    ja: '{iterations}回繰り返しても計算が収束しませんでした。',
  },
  beyond_follow_up: {
    en: 'Nothing is known at {at}: the last observation is at {last}.',
    ja: '{at}の時点では何もわかりません。観察は{last}までです。',
  },
  zero_base: {
    en: 'The value to compare with is 0 or cannot be told from it, so there is no ratio to it.',
    ja: '比べる基準の値が0か、0と区別できないため、比率を求められません。',
  },
  no_overlap: {
    en: 'Those with and those without it are too different to be compared.',
    ja: '該当する顧客と該当しない顧客の違いが大きすぎるため、比べられません。',
  },
  no_change_within: {
    en: 'No account was seen both with and without it.',
    ja: '該当する時期としない時期の両方がある顧客がいません。',
  },
  too_few_bins: {
    en: 'There are too few different values to make groups: {bins}.',
    ja: '値の種類が少なく、グループに分けられません（{bins}種類）。',
  },
  no_power: {
    en: 'With so few cases, not even a perfect relation could be told from chance.',
    ja: '件数が少なく、完全な関係があっても偶然と区別できません。',
  },
}

/** A reason as a sentence. Numbers are given to six significant digits. */
export function reasonText(reason: Reason): { en: string; ja: string } {
  const { en, ja } = templates[reason.code]
  const names = reason.names ?? []
  return {
    en: fill(en, reason, names.length > 0 ? `: ${names.join(', ')}` : ''),
    ja: fill(ja, reason, names.length > 0 ? `：${names.join('、')}` : ''),
  }
}

function fill(template: string, reason: Reason, names: string): string {
  return template.replace(/\{(\w+)\}/g, (_, key: string) => {
    if (key === 'names') return names
    const value = reason.numbers[key]
    return value === undefined ? '?' : String(Number(value.toPrecision(6)))
  })
}
