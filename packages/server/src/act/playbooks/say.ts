import type { PlaybookRunState } from '@tomoshibi/contract/playbooks'
import type { Text } from '@tomoshibi/contract/text'
import { checkCondition } from '@tomoshibi/metrics/condition/check'
import { explainCondition } from '@tomoshibi/metrics/condition/explain'
import type { NameScope } from '@tomoshibi/metrics/condition/scope'
import type { RunEnding } from '@tomoshibi/state/schema/playbooks'
import { endOfPlaybook, type PlaybookDefinition, type Step, type WaitTime } from './definition.ts'
import type { Outcome } from './effects.ts'

/** A condition in words; as it is written where its names are not there any more. */
function inWords(condition: string, scope: NameScope): Text {
  const checked = checkCondition(condition, scope)
  return checked.ok ? explainCondition(checked.condition) : { en: condition, ja: condition }
}

const plural = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`

function timeSays({ hours, days, businessDays }: WaitTime): Text {
  if (hours !== undefined) return { en: plural(hours, 'hour'), ja: `${hours}時間` }
  if (days !== undefined) return { en: plural(days, 'day'), ja: `${days}日` }
  const n = businessDays ?? 0
  return { en: plural(n, 'working day'), ja: `${n}営業日` }
}

const targetSays = (to: string): Text =>
  to === endOfPlaybook ? { en: 'the end', ja: '終了' } : { en: `'${to}'`, ja: `「${to}」` }

/** What a step does, in words. */
export function sayStep(step: Step, scope: NameScope): Text {
  if ('task' in step) {
    const { title, dueDays } = step.task
    return {
      en: `Task: ${title.en} (within ${plural(dueDays, 'day')})`,
      ja: `タスク: ${title.ja}（期日: ${dueDays}日後）`,
    }
  }
  if ('email' in step) {
    const { to, subject } = step.email
    const whom = {
      owner: { en: 'the owner', ja: '担当者' },
      contact: { en: 'the contact', ja: '連絡先' },
    }[to]
    return { en: `E-mail to ${whom.en}: ${subject.en}`, ja: `${whom.ja}へのメール: ${subject.ja}` }
  }
  if ('webhook' in step) {
    const { to } = step.webhook
    return { en: `Message to the webhook ‘${to}’`, ja: `Webhook「${to}」への送信` }
  }
  if ('branch' in step) {
    const when = inWords(step.branch.if, scope)
    const [yes, no] = [targetSays(step.branch.goTo), targetSays(step.branch.else)]
    return {
      en: `Where ${when.en}: go on with ${yes.en}; else with ${no.en}`,
      ja: `「${when.ja}」なら${yes.ja}へ、それ以外は${no.ja}へ`,
    }
  }
  const { wait } = step
  if ('until' in wait) {
    const [when, end] = [inWords(wait.until, scope), timeSays(wait.atMost)]
    return {
      en: `Wait until ${when.en}, at most ${end.en}`,
      ja: `「${when.ja}」となるまで待つ（最長${end.ja}）`,
    }
  }
  const time = timeSays(wait)
  return { en: `Wait ${time.en}`, ja: `${time.ja}待つ` }
}

/** What begins a playbook, how often, and what ends it early. */
export function sayBegin(
  { begin, limit, exit, stopWhenCleared, holdOut }: PlaybookDefinition,
  scope: NameScope,
  lampName: (key: string) => Text,
): Text {
  const parts: Text[] = []
  if (begin === 'by_hand') parts.push({ en: 'Begun by hand.', ja: '手動で開始します。' })
  else {
    const lamp = lampName(begin.lamp)
    parts.push({
      en: `Begins when the lamp ‘${lamp.en}’ lights, or by hand.`,
      ja: `ランプ「${lamp.ja}」の点灯時、または手動で開始します。`,
    })
    if (stopWhenCleared) {
      parts.push({ en: 'Ends when the lamp is out.', ja: 'ランプが消えると終了します。' })
    }
  }
  if (exit !== null) {
    const when = inWords(exit, scope)
    parts.push({
      en: `Ends as soon as ${when.en}.`,
      ja: `「${when.ja}」となった時点で終了します。`,
    })
  }
  if (limit !== null) {
    parts.push({
      en: `At most ${plural(limit.times, 'time')} within ${plural(limit.days, 'day')} for a customer.`,
      ja: `1社につき${limit.days}日間に${limit.times}回まで。`,
    })
  }
  if (holdOut > 0) {
    const percent = `${Number((holdOut * 100).toFixed(1))}%`
    parts.push({
      en: `${percent} of the customers are held out, to compare with.`,
      ja: `比較のため、顧客の${percent}には実施しません。`,
    })
  }
  return { en: parts.map(({ en }) => en).join(' '), ja: parts.map(({ ja }) => ja).join('') }
}

const stateSays: Readonly<Record<PlaybookRunState, Text>> = {
  running: { en: 'Under way', ja: '実行中' },
  paused: { en: 'Paused', ja: '一時停止中' },
  failed: { en: 'A step failed', ja: 'ステップが失敗しました' },
  done: { en: 'Done', ja: '完了' },
  stopped: { en: 'Ended early', ja: '途中で終了' },
  cancelled: { en: 'Cancelled', ja: 'キャンセル' },
  held_out: { en: 'Held out', ja: '実施対象外（比較用）' },
  skipped: { en: 'Not begun', ja: '開始されませんでした' },
}

const endingSays: Readonly<Partial<Record<RunEnding, Text>>> = {
  exit: { en: 'what it was for came true', ja: '終了条件を満たしました' },
  lamp_cleared: { en: 'its lamp is out', ja: 'ランプが消えました' },
  account_gone: { en: 'the customer is not there any more', ja: '顧客が存在しません' },
  limit: {
    en: 'it began as often as its limit allows',
    ja: '開始できる回数の上限に達していました',
  },
  open_run: { en: 'another run was open', ja: '別の実行が進行中でした' },
}

/** How a run stands, in words. */
export function sayRun(state: PlaybookRunState, ending: RunEnding | null): Text {
  const [how, why] = [stateSays[state], ending === null ? undefined : endingSays[ending]]
  if (why === undefined) return how
  return { en: `${how.en}: ${why.en}`, ja: `${how.ja}（${why.ja}）` }
}

/** What became of a step. */
export function sayOutcome(outcome: Outcome): Text {
  switch (outcome.kind) {
    case 'task':
      return { en: 'The task was made.', ja: 'タスクを作成しました。' }
    case 'email':
      if (outcome.found) {
        return { en: 'The e-mail was handed over to be sent.', ja: 'メールを送信待ちにしました。' }
      }
      return outcome.to === 'owner'
        ? {
            en: 'Nothing was sent: the owner is no member with an address.',
            ja: '担当者がメンバーではないため、送信しませんでした。',
          }
        : {
            en: 'Nothing was sent: no contact has an address.',
            ja: 'メールアドレスのある連絡先がないため、送信しませんでした。',
          }
    case 'webhook':
      return {
        en: 'The message was handed over to be sent.',
        ja: 'メッセージを送信待ちにしました。',
      }
    case 'wait':
      return outcome.how === 'met'
        ? { en: 'What it waited for came true.', ja: '待っていた条件を満たしました。' }
        : { en: 'Its time was over.', ja: '待ち時間が経過しました。' }
    case 'branch':
      return outcome.how === 'goTo'
        ? { en: 'It was so.', ja: '条件を満たしました。' }
        : { en: 'It was not so.', ja: '条件を満たしませんでした。' }
  }
}
