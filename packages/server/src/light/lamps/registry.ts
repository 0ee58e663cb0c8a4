import { isDeepStrictEqual } from 'node:util'
import type { NameScope } from '@tomoshibi/metrics/condition/scope'
import type { StateDb } from '@tomoshibi/state/store'
import { distance } from 'fastest-levenshtein'
import type { Temporal } from 'temporal-polyfill'
import { stringify } from 'yaml'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import {
  type DefinitionText,
  plannedVersions,
  refusalDetails,
  type VersionChange,
} from '../definitions/versions.ts'
import { builtInLamps, builtInYaml } from './built-in.ts'
import { type Lamp, type LampDefinition, lampDefinitionSchema } from './definition.ts'
import { readNames } from './names.ts'
import { checkLamp, parseLampYaml } from './parse.ts'
import { restoreWithin } from './retire.ts'
import { retirementsNow, type StoredRetirement } from './retire-store.ts'
import { allDefinitions, lockLamps, registerDefinitions } from './store.ts'

/** All versions of the definitions of a workspace. */
export interface Definitions {
  /** The newest version of each lamp that is not retired: the ones that are evaluated. */
  readonly newest: readonly LampDefinition[]
  /** By key. */
  readonly retired: ReadonlyMap<string, StoredRetirement>
  /** The newest version of a lamp, retired or not. */
  named(key: string): LampDefinition | undefined
  /** The version that an episode names. */
  version(key: string, version: number): LampDefinition
}

/** Reads the definitions; the built-in ones are there from the start. */
export async function readDefinitions(
  db: StateDb,
  workspaceId: string,
  now: Temporal.Instant,
): Promise<Definitions> {
  const builtIn = builtInLamps()
  let all = await allDefinitions(db, workspaceId)
  const missing = builtIn.filter(
    (lamp) => !all.some((known) => known.key === lamp.key && known.version === lamp.version),
  )
  if (missing.length > 0) {
    await registerDefinitions(db, workspaceId, missing, now)
    all = await allDefinitions(db, workspaceId)
  }
  // Newest versions come first.
  const newest = all.filter((lamp, i) => all[i - 1]?.key !== lamp.key)
  const retired = await retirementsNow(db, workspaceId)
  return {
    newest: newest.filter(({ key }) => !retired.has(key)),
    retired,
    named: (key) => newest.find((lamp) => lamp.key === key),
    version: (key, version) => {
      const found = all.find((lamp) => lamp.key === key && lamp.version === version)
      if (!found) throw new Error(`lamp ${key} has no version ${version}`)
      return found
    },
  }
}

/**
 * The lamps ready to be evaluated.
 *
 * @throws Failure BAD_CONDITION with every problem, where a name that a lamp uses is not there any more.
 */
export function checkedLamps(definitions: Definitions, scope: NameScope): Lamp[] {
  const problems: { key: string; text: { en: string; ja: string }; suggestions: string[] }[] = []
  const lamps = definitions.newest.flatMap((definition) => {
    const checked = checkLamp(definition, scope)
    if (checked.ok) return [checked.lamp]
    for (const { text, suggestions } of checked.problems) {
      problems.push({ key: definition.key, text, suggestions })
    }
    return []
  })
  const [first] = problems
  if (!first) return lamps
  throw new Failure(
    'BAD_CONDITION',
    { problem: `${first.key}: ${first.text.en}` },
    problems.map(({ key, text, suggestions }) => ({
      code: 'BAD_CONDITION',
      text: { en: `${key}: ${text.en}`, ja: `${key}: ${text.ja}` },
      suggestions,
    })),
  )
}

/**
 * Adds a lamp, or a new version of one, from YAML. It is evaluated from the first day of the history
 * when the lamp is new; a new version takes over from where the last one was evaluated to.
 *
 * @throws Failure BAD_CONDITION with every problem, also when that version is there and says otherwise.
 */
export async function defineLamp(ports: Ports, yaml: string): Promise<Lamp> {
  const workspace = await getWorkspace(ports)
  const parsed = parseLampYaml(yaml, await readNames(ports, workspace))
  if (!parsed.ok) {
    const problem = parsed.problems[0]?.text.en ?? ''
    throw new Failure('BAD_CONDITION', { problem }, parsed.problems)
  }
  const { definition } = parsed.lamp
  const { db } = ports.state
  const now = ports.clock.now()
  await registerDefinitions(db, workspace.id, [definition], now)
  const definitions = await readDefinitions(db, workspace.id, now)
  const stored = definitions.version(definition.key, definition.version)
  if (!isDeepStrictEqual(stored, definition)) {
    const problem = `version ${definition.version} of ${definition.key} is there already and never changes; count the version up.`
    throw new Failure('BAD_CONDITION', { problem })
  }
  await backInForce(ports, definitions, [definition.key])
  return parsed.lamp
}

/** A lamp that is defined again is retired no more. */
async function backInForce(
  ports: Ports,
  { retired }: Definitions,
  keys: readonly string[],
): Promise<void> {
  const found = keys.flatMap((key) => retired.get(key) ?? [])
  if (found.length === 0) return
  await ports.state.transaction(async (tx) => {
    await lockLamps(tx, ports.workspaceId)
    for (const each of found) {
      await restoreWithin(tx, ports, each, { at: ports.clock.now(), actor: null })
    }
  })
}

/** A lamp that a file defines, and what it changes. */
export type LampChange = Omit<VersionChange<LampDefinition>, 'definition'>

/**
 * Adds lamps from files, or the versions that they name. All or none; a version that is there and says
 * something else, or an older one, is refused.
 *
 * @throws Failure BAD_CONDITION with every problem, each with its file
 */
export async function applyLamps(
  ports: Ports,
  files: readonly DefinitionText[],
): Promise<LampChange[]> {
  const workspace = await getWorkspace(ports)
  const scope = await readNames(ports, workspace)
  const { db } = ports.state
  const now = ports.clock.now()
  const definitions = await readDefinitions(db, workspace.id, now)
  const { problems, changes } = plannedVersions(files, {
    parse: (yaml) => {
      const parsed = parseLampYaml(yaml, scope)
      return parsed.ok ? { ok: true, definition: parsed.lamp.definition } : parsed
    },
    newest: definitions.named,
    isOutOfForce: (key) => definitions.retired.has(key),
  })
  if (problems.length > 0) {
    throw new Failure('BAD_CONDITION', refusalDetails(problems), problems)
  }
  const fresh = changes.filter(({ change }) => change !== 'unchanged')
  await registerDefinitions(
    db,
    workspace.id,
    fresh.map(({ definition }) => definition),
    now,
  )
  await backInForce(
    ports,
    definitions,
    fresh.map(({ key }) => key),
  )
  return changes.map(({ definition: _, ...change }) => change)
}

/** The lamps in force as files; the built-in ones as they are written, comments and all. */
export async function exportLamps(
  ports: Ports,
): Promise<{ readonly key: string; readonly yaml: string }[]> {
  const { newest } = await readDefinitions(ports.state.db, ports.workspaceId, ports.clock.now())
  const builtIn = new Map(builtInLamps().map((lamp) => [lamp.key, lamp]))
  return newest.map((lamp) => ({
    key: lamp.key,
    yaml: isDeepStrictEqual(builtIn.get(lamp.key), lamp)
      ? builtInYaml(lamp.key)
      : stringify(inWrittenOrder(lamp), { lineWidth: 0 }),
  }))
}

/** The store keeps keys in an order of its own; people begin with the name. */
const inWrittenOrder = (lamp: LampDefinition): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(lampDefinitionSchema.shape).flatMap((key) => {
      const value: unknown = Reflect.get(lamp, key)
      return value === null || value === undefined ? [] : [[key, value]]
    }),
  )

/** The newest definition of a lamp. @throws Failure UNKNOWN_LAMP */
export function lampOf(definitions: Definitions, key: string): LampDefinition {
  const found = definitions.newest.find((lamp) => lamp.key === key)
  if (found) return found
  const near = definitions.newest
    .map((lamp) => ({ key: lamp.key, far: distance(key, lamp.key) }))
    .filter(({ far }) => far <= Math.max(2, key.length / 3))
    .sort((a, b) => a.far - b.far)
    .map((lamp) => lamp.key)
    .slice(0, 3)
  const details = near.length > 0 ? { key, suggestions: near.join(', ') } : { key }
  throw new Failure('UNKNOWN_LAMP', details)
}
