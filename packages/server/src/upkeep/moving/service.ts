import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { openFacts } from '@tomoshibi/facts/store'
import { openState } from '@tomoshibi/state/store'
import type { Logger } from 'pino'
import { type Operations, openApp, operationsOver } from '../../app.ts'
import { Failure } from '../../call/failure.ts'
import { type Clock, todayIn } from '../../platform/clock.ts'
import type { Config } from '../../platform/config.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { saveBackup } from '../backup/file.ts'
import { checkEmpty, fillFrom } from '../backup/fill.ts'
import { writeBackup } from '../backup/take.ts'
import { allFigures } from '../figures.ts'
import { firstDifference, isSame } from './moving.ts'

export interface MoveOptions {
  readonly config: Config
  readonly clock: Clock
  /** Makes the log once the data folder is ours. */
  readonly log: () => Logger
  /** Addresses of empty stores; null leaves that store where it is. */
  readonly toClickhouse: string | null
  readonly toPostgres: string | null
  readonly told?: (step: MoveStep) => void
  /** For tests. */
  readonly months?: typeof usualMonths
}

export type MoveStep =
  | { readonly phase: 'reading' }
  | { readonly phase: 'copying'; readonly part: string }
  | { readonly phase: 'comparing'; readonly figures: number }

export interface Moved {
  /** Rows of facts, null where they stay. */
  readonly facts: number | null
  readonly state: number | null
  /** Figures that are the same on both sides. */
  readonly figures: number
}

/** For how many months before this one figures are compared: those of the whole, and those by account. */
const usualMonths = { ofAll: 24, ofAccounts: 2 }

/**
 * Copies the stores of a data folder to given ones, which must be empty, and compares every figure. What
 * is copied stays as it is. No server may run on the folder.
 *
 * @throws Failure DATA_FOLDER_OWNED, STORE_NOT_EMPTY, COPY_DIFFERS; FactsError, StateError
 */
export async function moveStores(options: MoveOptions): Promise<Moved> {
  const { config, clock, log, told = () => {} } = options
  const app = await openApp({ config, clock, log })
  const path = join(config.dataDir, 'moving.tar')
  const closing: (() => Promise<void>)[] = []
  try {
    await app.ingestion.settled()
    const { toClickhouse, toPostgres } = options
    const facts = toClickhouse === null ? null : await openFacts(toClickhouse)
    if (facts !== null) closing.push(() => facts.close())
    const state = toPostgres === null ? null : await openState(toPostgres)
    if (state !== null) closing.push(() => state.close())
    await checkEmpty({ facts, state })

    told({ phase: 'reading' })
    // What a killed process left.
    rmSync(path, { force: true })
    const manifest = await saveBackup(path, (sink) => writeBackup(app, sink))
    // The journal stays in the data folder, which goes on being used.
    await fillFrom(path, manifest, { facts, state, journal: null }, (part) =>
      told({ phase: 'copying', part }),
    )
    const ports = {
      ...app.ports,
      ...(facts === null ? {} : { facts }),
      ...(state === null ? {} : { state }),
    }
    const copy = operationsOver(ports, config)
    const figures = await compareFigures(app, copy, options.months ?? usualMonths, told)
    const rowsOf = (tables: readonly { rows: number }[]) =>
      tables.reduce((sum, { rows }) => sum + rows, 0)
    return {
      facts: facts === null ? null : rowsOf(manifest.facts.tables),
      state: state === null ? null : rowsOf(manifest.state.tables),
      figures,
    }
  } finally {
    rmSync(path, { force: true })
    for (const close of closing) await close()
    await app.close()
  }
}

/** Asks both sides for every figure. @returns how many there are. @throws Failure COPY_DIFFERS with the first that is not */
export async function compareFigures(
  ours: Operations,
  theirs: Operations,
  months: typeof usualMonths,
  told: (step: MoveStep) => void,
): Promise<number> {
  const { settings } = await getWorkspace(ours.ports)
  const thisMonth = todayIn(ours.ports.clock, settings.timeZone).with({ day: 1 })
  const period = {
    from: thisMonth.subtract({ months: months.ofAll }).toString(),
    accountsFrom: thisMonth.subtract({ months: months.ofAccounts }).toString(),
    to: thisMonth.add({ months: 1 }).toString(),
  }
  let count = 0
  const copies = allFigures(theirs, period)
  for await (const some of allFigures(ours, period)) {
    const copy = await copies.next()
    const difference = firstDifference(some, copy.done ? [] : copy.value)
    if (difference !== null) throw new Failure('COPY_DIFFERS', { problem: difference })
    count += some.length
    told({ phase: 'comparing', figures: count })
  }
  const others = [
    ['lamps today', () => ours.caller.lamps.today(), () => theirs.caller.lamps.today()],
    ['quality', () => ours.caller.quality.report(), () => theirs.caller.quality.report()],
    ['workspace', () => ours.caller.workspace.get(), () => theirs.caller.workspace.get()],
  ] as const
  for (const [problem, mine, copied] of others) {
    if (!isSame(await mine(), await copied())) throw new Failure('COPY_DIFFERS', { problem })
  }
  return count
}
