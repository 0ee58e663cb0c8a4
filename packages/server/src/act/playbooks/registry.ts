import { nearest } from '@tomoshibi/metrics/definition'
import { stringify } from 'yaml'
import type { Ports } from '../../call/context.ts'
import { Failure } from '../../call/failure.ts'
import {
  type DefinitionText,
  plannedVersions,
  refusalDetails,
  type VersionChange,
} from '../../light/definitions/versions.ts'
import { readNames } from '../../light/lamps/names.ts'
import { lampKeys } from '../../light/lamps/service.ts'
import { getWorkspace } from '../../platform/workspace.ts'
import { webhookNames } from '../../webhooks/service.ts'
import { type PlaybookScope, parsePlaybook } from './check.ts'
import { type PlaybookDefinition, playbookDefinitionSchema } from './definition.ts'
import { addPlaybooks, allPlaybooks, type StoredPlaybook } from './store.ts'

/** All versions of the playbooks of a workspace. */
export interface Playbooks {
  /** The newest version of each. */
  readonly newest: readonly PlaybookDefinition[]
  named(key: string): PlaybookDefinition | undefined
  /** The version on which a run is. */
  version(key: string, version: number): PlaybookDefinition
  readonly all: readonly StoredPlaybook[]
}

export async function readPlaybooks(ports: Ports): Promise<Playbooks> {
  const all = await allPlaybooks(ports.state.db, ports.workspaceId)
  const newest = all
    .map(({ definition }) => definition)
    // Newest versions come first.
    .filter(({ key }, i) => all[i - 1]?.definition.key !== key)
  return {
    newest,
    all,
    named: (key) => newest.find((playbook) => playbook.key === key),
    version: (key, version) => {
      const found = all.find(
        ({ definition }) => definition.key === key && definition.version === version,
      )
      if (found === undefined) throw new Error(`playbook ${key} has no version ${version}`)
      return found.definition
    },
  }
}

/** @throws Failure UNKNOWN_PLAYBOOK */
export function playbookOf({ newest }: Playbooks, key: string): PlaybookDefinition {
  const found = newest.find((playbook) => playbook.key === key)
  if (found !== undefined) return found
  const near = nearest(
    key,
    newest.map((playbook) => playbook.key),
  )
  const suggestions = near.length > 0 ? { suggestions: near.join(', ') } : {}
  throw new Failure('UNKNOWN_PLAYBOOK', { key, ...suggestions })
}

export async function readScope(ports: Ports): Promise<PlaybookScope> {
  const names = await readNames(ports, await getWorkspace(ports))
  const webhooks = await webhookNames(ports.state.db, ports.workspaceId)
  return { names, lamps: await lampKeys(ports), webhooks }
}

export type PlaybookChange = Omit<VersionChange<PlaybookDefinition>, 'definition'>

/**
 * Adds playbooks from files, or the versions that they name. All or none.
 *
 * @throws Failure BAD_PLAYBOOK with every problem, each with its file
 */
export async function applyPlaybooks(
  ports: Ports,
  files: readonly DefinitionText[],
): Promise<PlaybookChange[]> {
  const scope = await readScope(ports)
  const playbooks = await readPlaybooks(ports)
  const { problems, changes } = plannedVersions(files, {
    parse: (yaml) => parsePlaybook(yaml, scope),
    newest: playbooks.named,
  })
  if (problems.length > 0) throw new Failure('BAD_PLAYBOOK', refusalDetails(problems), problems)
  const fresh = changes.flatMap(({ change, definition }) =>
    change === 'unchanged' ? [] : [definition],
  )
  await addPlaybooks(ports.state.db, ports.workspaceId, fresh, ports.clock.now())
  return changes.map(({ definition: _, ...change }) => change)
}

/** The playbooks in force as files. */
export async function exportPlaybooks(
  ports: Ports,
): Promise<{ readonly key: string; readonly yaml: string }[]> {
  const { newest } = await readPlaybooks(ports)
  return newest.map((playbook) => ({
    key: playbook.key,
    yaml: stringify(inWrittenOrder(playbook), { lineWidth: 0 }),
  }))
}

/** The store keeps keys in an order of its own; people begin with the name. */
const inWrittenOrder = (playbook: PlaybookDefinition): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(playbookDefinitionSchema.shape).flatMap((key) => {
      const value: unknown = Reflect.get(playbook, key)
      return value === null || value === undefined ? [] : [[key, value]]
    }),
  )
