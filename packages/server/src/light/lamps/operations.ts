import { type Call, operations } from '../../call/context.ts'
import { previewLamp, proposeLamps } from '../templates/service.ts'
import { actOnLamp, undoLastAct } from './acts.ts'
import { evaluateLamps } from './evaluate.ts'
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
