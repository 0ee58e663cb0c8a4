import { isUtf8 } from 'node:buffer'
import { hostileIn, isRecord, limits } from './hostile.ts'
import { BodyFault, type Reason, type Rejection, reason } from './problems.ts'

export const calls = ['identify', 'track', 'group', 'page', 'screen', 'alias'] as const
export type CallKind = (typeof calls)[number]

/** What a body was sent to: one call, or a batch of them. `import` is a batch by another name. */
export const endpoints = [...calls, 'batch', 'import'] as const
export type Endpoint = (typeof endpoints)[number]

type Content = Readonly<Record<string, unknown>>

/** One call of an SDK, checked. Ids and names are empty where there is none. */
export interface Message {
  readonly kind: CallKind
  /** De-duplicated within the workspace for ever. */
  readonly id: string
  readonly userId: string
  readonly anonymousId: string
  /** The account that the message itself names. */
  readonly accountId: string
  /** Of `alias`: the id that the user had before. */
  readonly previousId: string
  /** Name of the event. */
  readonly event: string
  /** When it happened, never after it was received. */
  readonly atMs: number
  readonly receivedAtMs: number
  /** Properties of what happened, traits of whom it is about. */
  readonly content: Content
  /** Place in the journal, later ones greater. */
  readonly seq: number
}

/** Where in the journal a body is, and when it came. */
export interface Arrival {
  readonly endpoint: Endpoint
  readonly receivedAtMs: number
  /** Number of its record. */
  readonly number: number
}

export interface ReadBody {
  readonly messages: readonly Message[]
  readonly rejections: readonly Rejection[]
}

/** More places than a body can have events, so that the places of a record never meet the next one's. */
const placesPerRecord = 4096

/** The first place in the journal of a record. */
export const firstSeqOf = (recordNumber: number): number => recordNumber * placesPerRecord

/** The JSON object of a body, and whether its text may hide what no store takes. */
export interface Body {
  readonly json: Content
  readonly suspicious: boolean
}

/** @throws BodyFault when the bytes are not one JSON object in UTF-8. */
export function parseBody(bytes: Buffer): Body {
  if (!isUtf8(bytes)) throw new BodyFault('NOT_UTF8')
  let json: unknown
  try {
    json = JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new BodyFault('NOT_JSON')
  }
  if (!isRecord(json)) throw new BodyFault('NOT_AN_OBJECT')
  // Control characters, halves of pairs and a hidden `__proto__` need an escape; most bodies have none.
  const suspicious = bytes.includes('\\u') || bytes.includes('__proto__')
  return { json, suspicious }
}

/**
 * The messages of a body, and why others are not taken. A function of the bytes and the arrival alone:
 * the answer to the client and the facts made later from the journal agree because both call it.
 *
 * @throws BodyFault when nothing of it can be taken
 */
export function readMessages({ json, suspicious }: Body, arrival: Arrival): ReadBody {
  const { endpoint } = arrival
  const isBatch = endpoint === 'batch' || endpoint === 'import'
  const items = isBatch ? json.batch : [json]
  if (!Array.isArray(items)) throw new BodyFault('NO_BATCH')
  if (items.length > limits.events) throw new BodyFault('TOO_MANY', String(limits.events))
  const messages: Message[] = []
  const rejections: Rejection[] = []
  const shared = isBatch ? json : {}
  for (const [index, item] of items.entries()) {
    const read = readItem(item, shared, suspicious, arrival, index)
    if ('seq' in read) messages.push(read)
    else {
      const messageId = isRecord(item) && typeof item.messageId === 'string' ? item.messageId : ''
      rejections.push({ index, messageId: messageId.slice(0, limits.idLength), ...read })
    }
  }
  return { messages, rejections }
}

const isCall = (type: unknown): type is CallKind => calls.some((call) => call === type)

function readItem(
  item: unknown,
  batch: Content,
  suspicious: boolean,
  arrival: Arrival,
  index: number,
): Message | Reason {
  if (!isRecord(item)) return reason('NOT_AN_OBJECT')
  const hostile = hostileIn(item, suspicious)
  if (hostile !== null) return hostile
  const { endpoint, receivedAtMs } = arrival
  const kind = isCall(endpoint) ? endpoint : item.type
  if (!isCall(kind)) return reason('TYPE_UNKNOWN', String(item.type ?? '').slice(0, 50))

  const faults: Reason[] = []
  const id = (field: string, value: unknown): string => idOf(field, value, faults)
  const object = (field: string): Content => objectOf(field, item[field], faults)
  const seq = firstSeqOf(arrival.number) + index
  const userId = id('userId', item.userId)
  const anonymousId = id('anonymousId', item.anonymousId)
  const context = isRecord(item.context) ? item.context : {}
  const sharedContext = isRecord(batch.context) ? batch.context : {}
  const named =
    kind === 'group'
      ? id('groupId', item.groupId)
      : id('context.groupId', context.groupId ?? sharedContext.groupId)
  const message: Message = {
    kind,
    // Without an id of the client's, a repeat cannot be told from a second event.
    id: id('messageId', item.messageId) || `event-${seq}`,
    userId,
    anonymousId,
    accountId: named,
    previousId: kind === 'alias' ? id('previousId', item.previousId) : '',
    event: eventOf(kind, item, faults),
    atMs: timeOf(item, batch, receivedAtMs, faults),
    receivedAtMs,
    content:
      kind === 'identify' || kind === 'group' ? object('traits') : propertiesOf(kind, item, object),
    seq,
  }
  if (userId === '' && anonymousId === '') faults.push(reason('NOBODY'))
  if (kind === 'group' && named === '') faults.push(reason('MISSING', 'groupId'))
  if (kind === 'alias' && message.previousId === '') faults.push(reason('MISSING', 'previousId'))
  if (kind === 'track' && message.event === '') faults.push(reason('MISSING', 'event'))
  return faults[0] ?? message
}

function idOf(field: string, value: unknown, faults: Reason[]): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string' && typeof value !== 'number') {
    faults.push(reason('NOT_TEXT', field))
    return ''
  }
  const text = String(value)
  if (text.length > limits.idLength) faults.push(reason('TOO_LONG', field))
  return text
}

function objectOf(field: string, value: unknown, faults: Reason[]): Content {
  if (value === undefined || value === null) return {}
  if (isRecord(value)) return value
  faults.push(reason('NOT_OBJECT_FIELD', field))
  return {}
}

/** What a call is called among the events: pages and screens have names of their own. */
function eventOf(kind: CallKind, item: Content, faults: Reason[]): string {
  if (kind === 'track') return idOf('event', item.event, faults)
  if (kind !== 'page' && kind !== 'screen') return ''
  const name = idOf('name', item.name, faults)
  const what = kind === 'page' ? 'Page' : 'Screen'
  return name === '' ? `Viewed ${what}` : `Viewed ${name} ${what}`
}

function propertiesOf(kind: CallKind, item: Content, object: (field: string) => Content): Content {
  const properties = object('properties')
  if (kind !== 'page' && kind !== 'screen') return properties
  const { name, category } = item
  return {
    ...(name === undefined ? {} : { name }),
    ...(category === undefined ? {} : { category }),
    ...properties,
  }
}

const iso =
  /^(?:19[7-9]\d|2\d{3})-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?$/

/** As every SDK writes it. */
const usual = /^(?:19[7-9]\d|2\d{3})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Milliseconds since 1970 of an ISO 8601 time, in UTC where it names no zone; null for anything else. */
export function instantOf(value: unknown): number | null {
  if (typeof value !== 'string') return null
  if (usual.test(value)) {
    const ms = Date.parse(value)
    return Number.isNaN(ms) || !isDay(value) ? null : ms
  }
  if (!iso.test(value)) return null
  const text = value
    .replace(' ', 'T')
    .replace(',', '.')
    .replace(/([+-]\d\d)(\d\d)?$/, zoneWithColon)
  const zoned = /T.*(?:Z|[+-]\d\d:\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`
  const ms = Date.parse(zoned)
  return Number.isNaN(ms) || ms < 0 || !isDay(value) ? null : ms
}

/** The engine of the language takes 30 February for 2 March. */
function isDay(text: string): boolean {
  const day = Number(text.slice(8, 10))
  if (day <= 28) return day > 0
  const lastDay = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0))
  return day <= lastDay.getUTCDate()
}

function zoneWithColon(
  found: string,
  hours: string,
  minutes: string | undefined,
  place: number,
): string {
  // The month and day of a date look like a zone.
  return place < 11 ? found : `${hours}:${minutes ?? '00'}`
}

/**
 * When the event happened: `receivedAt − (sentAt − originalTimestamp)`, which takes the client's clock
 * out; what the client says where it does not say when it sent; else when it was received. Never later
 * than that: what is dated in the future comes from a clock that is wrong.
 */
function timeOf(item: Content, batch: Content, receivedAtMs: number, faults: Reason[]): number {
  const said = item.originalTimestamp ?? item.timestamp
  if (said === undefined || said === null) return receivedAtMs
  const originalMs = instantOf(said)
  if (originalMs === null) {
    faults.push(
      reason('BAD_TIME', item.originalTimestamp === undefined ? 'timestamp' : 'originalTimestamp'),
    )
    return receivedAtMs
  }
  const sentMs = instantOf(item.sentAt ?? batch.sentAt)
  // A message that another collector passes on says itself when it was received.
  const arrivedMs = instantOf(item.receivedAt) ?? receivedAtMs
  const atMs = sentMs === null ? originalMs : arrivedMs - (sentMs - originalMs)
  return Math.min(Math.max(atMs, 0), receivedAtMs)
}
