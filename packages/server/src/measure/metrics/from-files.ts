import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ImportSummary } from '@tomoshibi/contract/collect'
import type { Problem } from '@tomoshibi/contract/errors'
import { startEngine } from '@tomoshibi/facts/engine/engine'
import { openFacts } from '@tomoshibi/facts/store'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { currencyFor } from '../../collect/import/currency.ts'
import { type ImportProgress, runImport } from '../../collect/import/service.ts'
import { suggestMapping } from '../../collect/import/suggest.ts'
import { readRollups } from '../../collect/rollups/service.ts'
import type { Clock } from '../../platform/clock.ts'
import { checkedSettings } from '../../platform/workspace-settings.ts'
import type { Choices, FactPorts } from './service.ts'

export interface FilesRequest {
  /** Files and folders. */
  readonly paths: readonly string[]
  /** The mapping, YAML; without it, the suggested one. */
  readonly mapping?: string | undefined
  /** Its name, for messages. */
  readonly mappingFile?: string | undefined
  /** Settings, by their keys; the others are defaults. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly onProgress?: (progress: ImportProgress) => void
  /** Tells notes as soon as they are known. */
  readonly onNotes?: (notes: readonly Problem[]) => void
}

/** Facts that are there for a few questions only. */
export interface FactsOfFiles {
  readonly ports: FactPorts
  readonly choices: Choices
  readonly summary: ImportSummary
  /** The mapping that was used. */
  readonly mapping: string
}

/** Names the folder by the program that has it, so that what a killed one left can be told from it. */
const prefix = 'tomoshibi-files-'
const workspaceId = 'files'

/**
 * Answers from files, with no data folder: an engine of its own in a temporary folder takes what the
 * same import as ever reads, `work` asks, and all of it is gone at the end, however that comes. No
 * state store is needed: nothing is chosen, kept or run later.
 *
 * @param signal ends it early; the folder is gone when this returns
 * @throws Failure BAD_MAPPING, FILE_UNREADABLE, BAD_INPUT; FactsError; or the signal's reason
 */
export async function withFiles<T>(
  request: FilesRequest,
  clock: Clock,
  signal: AbortSignal,
  work: (facts: FactsOfFiles) => Promise<T>,
): Promise<T> {
  const chosen = { ...request.settings }
  const settings = checkedSettings(chosen)
  await removeAbandoned()
  signal.throwIfAborted()
  const dataDir = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`))
  const cut = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  // Nobody may be waiting when it comes.
  cut.catch(() => {})
  const end: (() => Promise<void>)[] = []
  try {
    // Files of which nothing can be guessed need no engine to say so.
    const mapping = request.mapping ?? (await suggested(request))
    const starting = startEngine({ dataDir, log: () => {} })
    end.push(async () => {
      const engine = await starting.catch(() => null)
      await engine?.stop()
    })
    const engine = await Promise.race([starting, cut])
    const opening = openFacts(engine)
    end.push(async () => {
      const facts = await opening.catch(() => null)
      await facts?.close()
    })
    const facts = await Promise.race([opening, cut])
    const ports: FactPorts = { facts, clock, workspaceId }
    const importing = runImport(ports, {
      workspaceId,
      timeZone: settings.timeZone,
      paths: request.paths,
      mapping,
      mappingFile: request.mappingFile,
      onProgress: request.onProgress,
    })
    importing.catch(() => {})
    const summary = await Promise.race([importing, cut])
    const { adopt, notes } = await currencyFor(ports, settings.currency, 'currency' in chosen)
    request.onNotes?.([...summary.notes, ...notes])
    const choices: Choices = {
      settings: adopt === null ? settings : checkedSettings({ ...chosen, currency: adopt }),
      chosen,
      catalogue: builtInMetrics,
      rollups: await readRollups(ports),
    }
    return await Promise.race([work({ ports, choices, summary, mapping }), cut])
  } finally {
    for (const close of end.toReversed()) await close().catch(() => {})
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function suggested({ paths, onNotes }: FilesRequest): Promise<string> {
  const { mapping, notes } = await suggestMapping(paths)
  onNotes?.([
    {
      code: 'MAPPING_SUGGESTED',
      text: {
        en: "Without --mapping, the suggested one is used; 'tomoshibi import … --suggest' shows it. Please check it: figures are as right as it is.",
        ja: '--mapping の指定がないため、推定したマッピングを使います。内容は tomoshibi import … --suggest で確認できます。値の正しさはマッピングによります。',
      },
      suggestions: [],
    },
    ...notes,
  ])
  return mapping
}

/** Removes the folders of programs that were killed before they could do it themselves. */
async function removeAbandoned(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => [])
  for (const name of names) {
    const [, pid] = /^tomoshibi-files-(\d+)-/.exec(name) ?? []
    if (pid === undefined || isRunning(Number(pid))) continue
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {})
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is there and somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
