import { type Call, operations } from '../../call/context.ts'
import { lampLoad, previewLamp, proposeLamps } from '../templates/service.ts'
import { actOnLamp, undoLastAct } from './acts.ts'
import { evaluateLamps } from './evaluate.ts'
import { listRetired, restoreLamp, retireLamp } from './retire.ts'
import { addLampDefinition, lampDefinitions, listLamps, todaysLamps } from './service.ts'
import { listSilences, silenceLamp, unsilenceLamp } from './silences.ts'

const { lamps } = operations

/** Which user acts; null for a program. */
const actorOf = ({ caller }: Pick<Call, 'caller'>): string | null => caller.person?.userId ?? null

export const lampsOperations = lamps.router({
  definitions: lamps.definitions.handler(({ context }) => lampDefinitions(context)),
  define: lamps.define.handler(({ context, input }) => addLampDefinition(context, input.yaml)),
  templates: lamps.templates.handler(({ context }) => proposeLamps(context)),
  preview: lamps.preview.handler(({ context, input }) => previewLamp(context, input)),
  list: lamps.list.handler(({ context, input }) => listLamps(context, input)),
  evaluate: lamps.evaluate.handler(({ context, input }) => evaluateLamps(context, input)),
  today: lamps.today.handler(({ context }) => todaysLamps(context)),
  start: lamps.start.handler(({ context, input }) =>
    actOnLamp(context, { ...input, act: { kind: 'start' }, actor: actorOf(context) }),
  ),
  done: lamps.done.handler(({ context, input: { note, ...target } }) =>
    actOnLamp(context, { ...target, act: { kind: 'done' }, note, actor: actorOf(context) }),
  ),
  snooze: lamps.snooze.handler(({ context, input: { until, condition, reason, ...target } }) =>
    actOnLamp(context, {
      ...target,
      act: { kind: 'snooze', until, condition, reason },
      actor: actorOf(context),
    }),
  ),
  load: lamps.load.handler(({ context }) => lampLoad(context)),
  retired: lamps.retired.handler(({ context }) => listRetired(context)),
  retire: lamps.retire.handler(({ context, input }) =>
    retireLamp(context, { ...input, actor: actorOf(context) }),
  ),
  restore: lamps.restore.handler(({ context, input }) =>
    restoreLamp(context, { ...input, actor: actorOf(context) }),
  ),
  silences: lamps.silences.handler(({ context, input }) => listSilences(context, input)),
  silence: lamps.silence.handler(({ context, input }) =>
    silenceLamp(context, { ...input, actor: actorOf(context) }),
  ),
  unsilence: lamps.unsilence.handler(({ context, input }) =>
    unsilenceLamp(context, { ...input, actor: actorOf(context) }),
  ),
  undo: lamps.undo.handler(({ context, input }) =>
    undoLastAct(context, { ...input, actor: actorOf(context) }),
  ),
})
