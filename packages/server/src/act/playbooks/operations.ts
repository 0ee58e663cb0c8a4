import { operations } from '../../call/context.ts'
import {
  beginPlaybook,
  definePlaybook,
  listPlaybooks,
  listRuns,
  moveRun,
  previewPlaybook,
  showRun,
} from './service.ts'

const { playbooks } = operations

export const playbooksOperations = playbooks.router({
  list: playbooks.list.handler(({ context }) => listPlaybooks(context)),
  define: playbooks.define.handler(({ context, input }) => definePlaybook(context, input.yaml)),
  preview: playbooks.preview.handler(({ context, input }) => previewPlaybook(context, input)),
  begin: playbooks.begin.handler(({ context, input }) => beginPlaybook(context, input)),
  runs: playbooks.runs.handler(({ context, input }) => listRuns(context, input)),
  run: playbooks.run.handler(({ context, input }) => showRun(context, input.id)),
  pause: playbooks.pause.handler(({ context, input }) => moveRun(context, input.id, 'pause')),
  resume: playbooks.resume.handler(({ context, input }) => moveRun(context, input.id, 'resume')),
  retry: playbooks.retry.handler(({ context, input }) => moveRun(context, input.id, 'retry')),
  cancel: playbooks.cancel.handler(({ context, input }) => moveRun(context, input.id, 'cancel')),
})
