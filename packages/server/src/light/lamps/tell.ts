import type { StateDb } from '@tomoshibi/state/store'
import { Temporal } from 'temporal-polyfill'
import { announce } from '../../webhooks/service.ts'
import type { Happening } from '../../webhooks/webhooks.ts'
import type { Ledger, Transition } from './ledger.ts'
import type { Run } from './run.ts'
import { silenceKey, silencesOn } from './silence-store.ts'

/** What lies further back is history that is gone through, such as that of a first import. */
const daysTold = 7

/** Tells webhooks of lamps that the data lit or put out, but for those that are silenced. */
export async function tellOfLamps(tx: StateDb, run: Run, ledger: Ledger): Promise<void> {
  const since = Temporal.PlainDate.from(run.target).subtract({ days: daysTold }).toString()
  const recent = ledger.transitions.filter(({ on, cause }) => cause === 'data' && on > since)
  if (recent.length === 0) return
  const silenced = await silencesOn(tx, run.workspace.id, run.target)
  const happenings = recent.flatMap((transition) =>
    silenced.has(silenceKey(transition)) ? [] : happeningOf(run, transition),
  )
  await announce(tx, run.workspace.id, run.ports.clock.now(), happenings)
}

/** Lighting and going out; that a snooze is over is neither. */
function happeningOf(run: Run, transition: Transition): Happening[] {
  const { accountId, lampKey, lampVersion, episodeId, on, at, from, to, why } = transition
  const type = to === 'off' ? 'lamp.cleared' : from === 'off' ? 'lamp.lit' : null
  if (type === null) return []
  const lamp = run.lamps.find(({ definition }) => definition.key === lampKey)
  return [
    {
      type,
      about: `${episodeId} ${at}`,
      at,
      data: {
        workspace: run.workspace.id,
        account: accountId,
        lamp: { key: lampKey, version: lampVersion, name: lamp?.definition.name ?? null },
        episode: episodeId,
        on,
        why,
      },
    },
  ]
}
