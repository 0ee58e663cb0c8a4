/** Erases a person, and goes on with what was cut off. */
import { randomUUID } from 'node:crypto'
import {
  type Erasure,
  type FoundPerson,
  type Held,
  type Receipt,
  receiptSchema,
} from '@tomoshibi/contract/personal-data'
import type { Text } from '@tomoshibi/contract/text'
import { eraseFromFacts } from '@tomoshibi/facts/erasure/erase'
import { countHeld, textsLeft } from '@tomoshibi/facts/erasure/held'
import type { FactStore } from '@tomoshibi/facts/store'
import { erasures } from '@tomoshibi/state/schema/personal-data'
import type { StateDb } from '@tomoshibi/state/store'
import { desc, eq } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { record, takeOutOfAudit } from '../audit/service.ts'
import { noVisit, program } from '../call/caller.ts'
import type { Call, Disk, Ports } from '../call/context.ts'
import { Failure } from '../call/failure.ts'
import { inTurn } from '../collect/turns.ts'
import { checkMayRemove, endWhatTheyMade } from '../people/members.ts'
import { replicated } from '../upkeep/retention/retention.ts'
import { lock } from './erased.ts'
import { clearFiles } from './files.ts'
import { findPerson, type Person, type Sought } from './person.ts'
import { factErasure, fingerprintOf, lockedOf, type Plan, planOf, planShape } from './plan.ts'
import {
  clearTexts,
  dropLinks,
  dropMails,
  dropMember,
  dropPersons,
  hashOfReceipt,
  namingRows,
  personRows,
  searchedColumns,
} from './state.ts'

const notTouched: readonly Text[] = [
  {
    en: 'Backups that were made before: whoever restores one erases the person again.',
    ja: '以前に作成したバックアップ。復元した場合は、もう一度消去してください。',
  },
  {
    en: 'Files outside of the data folder, such as those that were imported, exports and lists of rejected rows.',
    ja: 'データフォルダー外のファイル（取り込み元、エクスポート、取り込めなかった行の一覧など）。',
  },
  {
    en: 'Texts that mean the person without their address, their whole name or an id of theirs; pictures and other languages.',
    ja: 'アドレス・氏名の全体・ID のいずれも含まずに本人を指す文章、画像、別の言語での表記。',
  },
  {
    en: 'What the person did stays, counted under a random name that nobody can lead back to them.',
    ja: '本人の行動の件数は、本人に結びつかない無作為な名前で残ります。',
  },
  {
    en: 'Salted hashes of ids and addresses, by which what is sent of the person again is recognised and not taken.',
    ja: '再び送られてきたデータを見分けて受け付けないための、ID とアドレスのソルト付きハッシュ。',
  },
]

/** @throws Failure ERASURE_NOT_POSSIBLE */
function checkStore({ facts: { layout } }: Pick<Ports, 'facts'>): void {
  if (layout.kind === 'single' || !layout.replicated) return
  throw new Failure('ERASURE_NOT_POSSIBLE', { reason: replicated.en, reasonJa: replicated.ja })
}

/** What is held of a person; it changes nothing. @throws Failure PERSON_NOT_FOUND, ERASURE_NOT_POSSIBLE */
export async function showPerson(ports: Ports, sought: Sought): Promise<FoundPerson> {
  checkStore(ports)
  const person = await findPerson(ports, sought)
  const { ids, persons, emails, names, shared, notTelling, member } = person
  return {
    fingerprint: fingerprintOf(person),
    ids: [...ids],
    aliases: [...persons],
    emails: [...emails],
    names: [...names],
    shared: [...shared],
    notSought: [...notTelling],
    member: member && { userId: member.userId, name: member.name, email: member.email },
    held: await heldOf(ports, person),
  }
}

async function heldOf(ports: Ports, person: Person): Promise<Held[]> {
  const { facts, state, workspaceId } = ports
  const plan = planOf(person)
  const counts = await inTurn(facts, () =>
    countHeld(facts, factErasure(workspaceId, randomUUID(), plan)),
  )
  const own = await personRows(state, workspaceId, plan.persons)
  const naming = await namingRows(state, workspaceId, plan.patterns)
  return [
    ...counts.map((count) => ({ store: 'facts', ...count }) as const),
    ...own.map(({ table, rows }) => ({ store: 'state', table, own: rows, naming: 0 }) as const),
    ...naming.map(({ table, rows }) => ({ store: 'state', table, own: 0, naming: rows }) as const),
    ...(plan.member === null
      ? []
      : [{ store: 'state', table: 'members', own: 1, naming: 0 } as const]),
  ].filter((held) => held.own + held.naming > 0)
}

/**
 * Erases a person. Once it has begun it is carried through, after a crash with the next start.
 *
 * @param fingerprint of what `showPerson` showed
 * @throws Failure PERSON_NOT_FOUND, PERSON_CHANGED, ERASURE_NOT_POSSIBLE, ROLE_BEYOND_YOURS, LAST_OWNER
 */
export async function erasePerson(
  call: Call,
  sought: Sought & { readonly fingerprint: string },
): Promise<Receipt> {
  checkStore(call)
  const { state, workspaceId, caller, clock } = call
  const person = await findPerson(call, sought)
  if (fingerprintOf(person) !== sought.fingerprint) throw new Failure('PERSON_CHANGED')
  const plan = planOf(person, await heldOf(call, person))
  const id = randomUUID()
  await state.transaction(async (tx) => {
    if (person.member !== null) {
      await checkMayRemove(tx, call, person.member.userId)
      await endWhatTheyMade(tx, call, person.member.userId, [])
    }
    await tx.insert(erasures).values({
      id,
      workspaceId,
      state: 'running',
      askedAt: clock.now(),
      askedBy: caller.person?.userId ?? caller.key?.id ?? '',
      doneAt: null,
      plan,
      receipt: null,
    })
    // Before anything is taken out, so that nothing comes in behind it.
    await lock(tx, workspaceId, id, lockedOf(person, sought))
  })
  return await carryOut(call, id)
}

export type ErasingPorts = Ports & Pick<Call, 'caller' | 'visit'> & { readonly disk: Disk }

/** One after the other in each store. */
const running = new WeakMap<FactStore, Promise<unknown>>()

/** Ends an erasure that has begun; done again it changes nothing. */
function carryOut(ports: ErasingPorts, id: string): Promise<Receipt> {
  const before = running.get(ports.facts) ?? Promise.resolve()
  const work = before.then(() => carryOutNow(ports, id))
  running.set(
    ports.facts,
    work.catch(() => {}),
  )
  return work
}

async function carryOutNow(ports: ErasingPorts, id: string): Promise<Receipt> {
  const { facts, state, workspaceId, clock, disk } = ports
  const [row] = await state.db.select().from(erasures).where(eq(erasures.id, id))
  if (row === undefined) throw new Error(`there is no erasure ${id}`)
  if (row.receipt !== null) return receiptSchema.parse(row.receipt)
  const plan = planShape.parse(row.plan)
  // What was received before the lock becomes facts first, so that it is found among them.
  const journalCleared = await disk.clearJournal()
  const erasure = factErasure(workspaceId, id, plan)
  await inTurn(facts, () => eraseFromFacts(facts, erasure))
  const files = await clearFiles(state, workspaceId, disk.dataDir, plan.patterns)
  const searched = await searchedColumns(state)
  const receipt = await state.transaction(async (tx) => {
    const { fromInstallation, entries, seal } = await eraseFromState(tx, ports, plan, searched)
    const told = {
      id,
      workspaceId,
      askedAt: row.askedAt.toString(),
      askedBy: row.askedBy === plan.member?.userId ? plan.member.token : row.askedBy,
      doneAt: clock.now().toString({ smallestUnit: 'millisecond' }),
      customer: plan.ids.length + plan.persons.length > 0,
      member: plan.member !== null,
      removedFromInstallation: fromInstallation,
      held: plan.held,
      auditEntries: entries,
      journalCleared,
      files,
      left: await stillThere(ports, tx, plan, id),
      notTouched: [...notTouched],
    }
    const receipt = { ...told, hash: hashOfReceipt(told) }
    await tx
      .update(erasures)
      .set({
        state: 'done',
        askedBy: told.askedBy,
        doneAt: Temporal.Instant.from(told.doneAt),
        plan: null,
        receipt,
      })
      .where(eq(erasures.id, id))
    await seal(receipt)
    return receipt
  })
  ports.log.info({ workspaceId, erasure: id, entries: receipt.auditEntries }, 'a person was erased')
  return receipt
}

async function eraseFromState(
  tx: StateDb,
  { workspaceId, caller, visit, clock }: ErasingPorts,
  plan: Plan,
  searched: Awaited<ReturnType<typeof searchedColumns>>,
) {
  const { patterns, persons, member } = plan
  const taken = await takeOutOfAudit(tx, workspaceId, {
    patterns,
    userId: member?.userId ?? null,
    token: member?.token ?? '',
  })
  await dropLinks(tx, workspaceId, patterns)
  await clearTexts(tx, searched, workspaceId, patterns)
  await dropPersons(tx, workspaceId, persons)
  const { fromInstallation } =
    member === null ? { fromInstallation: false } : await dropMember(tx, workspaceId, member.userId)
  await dropMails(tx, patterns, { alsoWaiting: fromInstallation })
  /** The erasure's own entry, which says which others it changed; nothing of whom. */
  const seal = async ({ id, hash }: Receipt) => {
    const told = { caller, visit, clock, workspaceId, action: 'personalData.erase' }
    const after = { receipt: id, hash, audit: taken.audit }
    const seq = await record(tx, { ...told, outcome: 'done', after })
    await taken.note(seq)
  }
  return { fromInstallation, entries: taken.audit.entries, seal }
}

/** Where the person is still found, by table and column. */
async function stillThere(
  { facts, state, workspaceId }: ErasingPorts,
  tx: StateDb,
  plan: Plan,
  erasureId: string,
): Promise<Receipt['left']> {
  const inFacts = await textsLeft(facts, factErasure(workspaceId, erasureId, plan))
  const inState = await namingRows({ ...state, db: tx }, workspaceId, plan.patterns)
  return [
    ...inFacts.map(({ place, rows }) => ({ store: 'facts', place, rows }) as const),
    ...inState
      // The plan itself, which goes with this transaction.
      .filter(({ table }) => table !== 'erasures')
      .map(({ table, rows }) => ({ store: 'state', place: table, rows }) as const),
  ]
}

/** Erasures of a workspace, newest first. */
export async function listErasures({
  state,
  workspaceId,
}: Pick<Ports, 'state' | 'workspaceId'>): Promise<Erasure[]> {
  const rows = await state.db
    .select()
    .from(erasures)
    .where(eq(erasures.workspaceId, workspaceId))
    .orderBy(desc(erasures.askedAt))
  return rows.map(({ id, state: at, askedAt, askedBy, receipt }) => ({
    id,
    state: at,
    askedAt: askedAt.toString(),
    askedBy,
    receipt: receipt === null ? null : receiptSchema.parse(receipt),
  }))
}

/** Ends the erasures that were cut off, of all workspaces. */
export async function resumeErasures(ports: Ports, disk: Disk): Promise<void> {
  const rows = await ports.state.db
    .select({ id: erasures.id, workspaceId: erasures.workspaceId })
    .from(erasures)
    .where(eq(erasures.state, 'running'))
    .orderBy(erasures.askedAt)
  for (const { id, workspaceId } of rows) {
    const caller = program(workspaceId)
    await carryOut({ ...ports, workspaceId, caller, visit: noVisit, disk }, id)
  }
}
