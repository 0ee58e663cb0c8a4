import { useQuery } from '@tanstack/react-query'
import type { LampDefinition } from '@tomoshibi/contract/light'
import { api } from './client.ts'

/** All lamps by key; empty until they are loaded. They change with a new version only. */
export function useLampDefinitions(): ReadonlyMap<string, LampDefinition> {
  const definitions = useQuery({
    ...api.lamps.definitions.queryOptions(),
    staleTime: 10 * 60_000,
    select: byKey,
  })
  return definitions.data ?? none
}

const none: ReadonlyMap<string, LampDefinition> = new Map()
const byKey = (all: readonly LampDefinition[]) => new Map(all.map((one) => [one.key, one]))
