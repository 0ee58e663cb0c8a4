import { operations } from '../../call/context.ts'
import { actOnTasks } from './bulk.ts'
import {
  actOnTask,
  changeOpenTask,
  commentOnTask,
  createTask,
  listTasks,
  showTask,
} from './service.ts'

const { tasks } = operations

export const tasksOperations = tasks.router({
  list: tasks.list.handler(({ context, input }) => listTasks(context, input)),
  get: tasks.get.handler(({ context, input }) => showTask(context, input.id)),
  create: tasks.create.handler(({ context, input }) => createTask(context, input)),
  change: tasks.change.handler(({ context, input: { id, ...changes } }) =>
    changeOpenTask(context, id, changes),
  ),
  finish: tasks.finish.handler(({ context, input: { id, note } }) =>
    actOnTask(context, id, 'finish', note),
  ),
  reopen: tasks.reopen.handler(({ context, input }) => actOnTask(context, input.id, 'reopen')),
  cancel: tasks.cancel.handler(({ context, input: { id, note } }) =>
    actOnTask(context, id, 'cancel', note),
  ),
  comment: tasks.comment.handler(({ context, input: { id, text } }) =>
    commentOnTask(context, id, text),
  ),
  bulk: tasks.bulk.handler(({ context, input }) => actOnTasks(context, input)),
})
