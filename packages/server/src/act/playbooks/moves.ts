import type { RunState } from '@tomoshibi/state/schema/playbooks'

/** What people do to a run. */
export type Move = 'pause' | 'resume' | 'retry' | 'cancel'

const becomes: Readonly<Record<Move, Readonly<Partial<Record<RunState, RunState>>>>> = {
  pause: { running: 'paused', paused: 'paused' },
  resume: { paused: 'running', running: 'running' },
  retry: { failed: 'running' },
  cancel: {
    running: 'cancelled',
    paused: 'cancelled',
    failed: 'cancelled',
    cancelled: 'cancelled',
  },
}

/** The state after a move: the same where there is nothing to do; null where it is refused. */
export const runAfter = (move: Move, state: RunState): RunState | null =>
  becomes[move][state] ?? null
