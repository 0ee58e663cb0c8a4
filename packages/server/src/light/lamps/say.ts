import type { Text } from '@tomoshibi/contract/text'
import * as z from 'zod'
import { actRecordSchema } from './act-record.ts'
import type { LampDefinition } from './definition.ts'
import type { Transition } from './ledger.ts'
import { readWhy } from './store.ts'

/** When a lamp on which nobody acts is brought before whom. */
export function sayRule({ afterDays, to }: NonNullable<LampDefinition['escalate']>): Text {
  const days = afterDays === 1 ? '1 working day' : `${afterDays} working days`
  const whom =
    to === 'manager' ? { en: 'the manager', ja: 'マネージャー' } : { en: to.fixed, ja: to.fixed }
  return {
    en: `After ${days} without anybody acting it is brought before ${whom.en}.`,
    ja: `${afterDays}営業日のあいだ未着手の場合は、${whom.ja}にエスカレーションします。`,
  }
}

const textSchema = z.object({ en: z.string(), ja: z.string() })
const outSchema = z.object({ out: textSchema })
const wokenSchema = z.object({ woken: z.enum(['day', 'condition']), says: textSchema.nullable() })

const positions = {
  off: { en: 'off', ja: '消灯' },
  lit: { en: 'lit', ja: '点灯' },
  acting: { en: 'acted on', ja: '対応中' },
  snoozed: { en: 'snoozed', ja: 'スヌーズ中' },
} as const satisfies Record<Transition['to'], Text>

/**
 * A move of a lamp in one sentence: what happened, and why.
 *
 * @param who the name of who did it; null where it is not known
 */
export function sayMove(move: Transition, who: string | null): Text {
  return move.cause === 'data' ? sayOfData(move) : sayOfPerson(move, who)
}

function sayOfData({ from, to, why }: Transition): Text {
  if (from === 'off') {
    const { en, ja } = readWhy(why)?.text ?? { en: 'its condition held', ja: '条件を満たしました' }
    return { en: `Lit: ${en}`, ja: `点灯: ${ja}` }
  }
  if (to === 'off') {
    const out = outSchema.safeParse(why)
    return out.success
      ? { en: `Went out: ${out.data.out.en}.`, ja: `消灯: ${out.data.out.ja}` }
      : { en: 'Went out, as the data cleared it.', ja: 'データの改善により消灯しました。' }
  }
  const woken = wokenSchema.safeParse(why)
  const says = woken.success ? woken.data.says : null
  return says === null
    ? {
        en: 'Lit again: the day until which it was snoozed had come.',
        ja: '再点灯: スヌーズの期日になりました。',
      }
    : {
        en: `Lit again: what the snooze waited for had come (${says.en}).`,
        ja: `再点灯: スヌーズの解除条件を満たしました（${says.ja}）。`,
      }
}

function sayOfPerson({ to, why, reason }: Transition, name: string | null): Text {
  const who = name === null ? { en: 'Somebody', ja: '' } : { en: name, ja: `${name}さんが` }
  const record = actRecordSchema.safeParse(why)
  const told = reason === null ? { en: '', ja: '' } : { en: `: ${reason}`, ja: `: ${reason}` }
  switch (record.success ? record.data.act : null) {
    case 'start':
      return { en: `${who.en} began to act on it.`, ja: `${who.ja}対応を開始しました。` }
    case 'done':
      return {
        en: `${who.en} did what was to do${told.en}`,
        ja: `${who.ja}タスクを完了しました${told.ja}`,
      }
    case 'snooze': {
      const { snoozedUntil, snoozeCondition } = record.success ? record.data.after : nothing
      const or = snoozeCondition?.says
      return {
        en: `${who.en} snoozed it until ${snoozedUntil ?? '–'}${or ? ` or until ${or.en}` : ''}${told.en}`,
        ja: `${who.ja}${snoozedUntil ?? '–'}まで${or ? `（または「${or.ja}」となるまで）` : ''}スヌーズしました${told.ja}`,
      }
    }
    case 'retire':
      return {
        en: `Put out, since ${name === null ? 'somebody' : who.en} retired the lamp${told.en}`,
        ja: `${who.ja}ランプを廃止したため消灯しました${told.ja}`,
      }
    case 'restore':
      return {
        en: `${who.en} took back that the lamp was retired; it is ${positions[to].en} again.`,
        ja: `${who.ja}ランプの廃止を取り消し、${positions[to].ja}に戻しました。`,
      }
    case 'undo':
      return {
        en: `${who.en} took the last act back; it is ${positions[to].en} again.`,
        ja: `${who.ja}直前の操作を取り消し、${positions[to].ja}に戻しました。`,
      }
    case null:
      return {
        en: `${who.en} made it ${positions[to].en}.`,
        ja: `${who.ja}${positions[to].ja}にしました。`,
      }
  }
}

const nothing = { snoozedUntil: null, snoozeCondition: null }
