import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { FactTableName } from '@tomoshibi/facts/tables'
import { Temporal } from 'temporal-polyfill'
import * as z from 'zod'
import {
  startTestOperations,
  type TestOperations,
  type TestWorkspace,
} from '../../../call/testing.ts'
import type { Endpoint } from '../ingest.ts'
import { Ingestion, type IngestionLimits } from '../service.ts'

const anyRow = z.record(z.string(), z.unknown())

/** One workspace into which events go. */
export interface EventWorkspace extends TestWorkspace {
  /** Takes events, received at an instant, without waiting until they are facts. */
  take(receivedAt: string, endpoint: Endpoint, body: object): Promise<void>
  /** Takes a batch, received at an instant, and waits until it is facts. */
  send(receivedAt: string, ...events: readonly object[]): Promise<void>
  /** What holds now of a table: the latest versions, without what all tables share. */
  latest(table: FactTableName): Promise<Record<string, unknown>[]>
  /** As `latest`, of usage events, in short. */
  use(): Promise<string[]>
}

export interface EventWorld {
  readonly operations: TestOperations
  /** What takes the events of all workspaces. */
  ingestion(): Ingestion
  /** The folder with the journal. */
  readonly folder: string
  workspace(): EventWorkspace
  /** Stops taking events and goes on as the next process would. */
  restart(limits?: IngestionLimits): Promise<void>
  stop(): Promise<void>
}

/** Real stores for tests of what becomes of events. */
export async function startEventWorld(): Promise<EventWorld> {
  const operations = await startTestOperations()
  const { ports } = operations.workspace()
  const folder = await mkdtemp(join(operations.dataDir, 'events-'))
  let ingestion = await Ingestion.open(ports, folder)

  const over = (base: TestWorkspace): EventWorkspace => {
    const take: EventWorkspace['take'] = (receivedAt, endpoint, body) =>
      ingestion.take(
        base.id,
        endpoint,
        Buffer.from(JSON.stringify(body)),
        Temporal.Instant.from(receivedAt).epochMilliseconds,
      )
    const latest: EventWorkspace['latest'] = (table) =>
      base.ports.facts.query(
        {
          sql: `
SELECT * EXCEPT (workspace_id, version, deleted, source, source_id)
FROM ${table} WHERE workspace_id = {workspace_id:String}
ORDER BY record_id, known_at DESC, version DESC
LIMIT 1 BY account_id, record_id`,
          params: { workspace_id: base.id },
        },
        anyRow,
      )
    return {
      ...base,
      take,
      latest,
      send: async (receivedAt, ...events) => {
        await take(receivedAt, 'batch', { batch: events })
        await ingestion.settled()
      },
      use: async () =>
        (await latest('usage_events')).map(({ account_id, user_id, event, record_id }) =>
          [account_id, user_id, event, record_id].map(String).join(' | '),
        ),
    }
  }

  return {
    operations,
    ingestion: () => ingestion,
    folder,
    workspace: () => over(operations.workspace()),
    restart: async (limits) => {
      await ingestion.close()
      ingestion = await Ingestion.open(ports, folder, limits)
    },
    stop: async () => {
      await ingestion.close()
      await operations.stop()
    },
  }
}
