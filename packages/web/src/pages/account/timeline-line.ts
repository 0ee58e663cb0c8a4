import type { TimelineEntry } from '@tomoshibi/contract/accounts'
import { isDecimal } from '../../format/decimal.ts'
import type { Formatter } from '../../format/formatter.ts'

/** Every moment that has words; another shows its own name. */
export const knownMoments = [
  'contract.started',
  'contract.cancelled',
  'contract.ended',
  'touchpoint.met',
  'touchpoint.meeting',
  'touchpoint.call',
  'touchpoint.email',
  'touchpoint.chat',
  'touchpoint.community',
  'touchpoint.event',
  'ticket.opened',
  'ticket.resolved',
  'survey_answer.answered',
  'survey_answer.nps',
  'survey_answer.csat',
  'survey_answer.ces',
  'invoice.issued',
  'invoice.paid',
  'milestone.met',
  'lamp.off',
  'lamp.lit',
  'lamp.acting',
  'lamp.snoozed',
] as const
export type KnownMoment = (typeof knownMoments)[number]

/**
 * What an entry of the timeline is called: touchpoints by their channel, answers by their survey, the
 * rest by what happened. null = no words for it.
 */
export function momentOf(entry: TimelineEntry): KnownMoment | null {
  const { channel, survey } = entry.details
  const finer =
    entry.kind === 'touchpoint' ? channel : entry.kind === 'survey_answer' ? survey : undefined
  for (const what of [finer, entry.what]) {
    const name = `${entry.kind}.${what}`
    const known = knownMoments.find((one) => one === name)
    if (known !== undefined) return known
  }
  return null
}

/**
 * The details worth reading in one line, in the order in which they are said.
 *
 * @param lampName the name of a lamp by its key
 */
export function detailsOf(
  entry: TimelineEntry,
  format: Formatter,
  lampName: (key: string) => string,
): string[] {
  const { details } = entry
  const parts: string[] = []
  const add = (text: string | undefined) => {
    if (text !== undefined && text !== '') parts.push(text)
  }
  if (details.lamp !== undefined) add(lampName(details.lamp))
  add(format.language === 'ja' ? details.whyJa : details.whyEn)
  add(details.subject)
  add([details.product, details.plan].filter(Boolean).join(' · '))
  if (details.quantity !== undefined && isDecimal(details.quantity)) {
    add(`× ${format.number(details.quantity)}`)
  }
  add(details.number)
  if (details.amount !== undefined && isDecimal(details.amount) && details.currency) {
    add(format.money(details.amount, details.currency))
  }
  if (details.score !== undefined && isDecimal(details.score)) {
    add(format.number(details.score))
  }
  add(details.comment)
  add([details.programme, details.milestone].filter(Boolean).join(' · '))
  add(details.owner)
  add(details.reason)
  return parts
}
