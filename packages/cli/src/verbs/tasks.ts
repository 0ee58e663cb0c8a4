import {
  type AccountTask,
  type BulkResult,
  taskDue,
  taskStatesAsked,
} from '@tomoshibi/contract/tasks'
import type { Text } from '@tomoshibi/contract/text'
import { type Command, Option } from 'commander'
import * as z from 'zod'
import { AlreadyTold } from '../failure.ts'
import { json } from '../output/json.ts'
import { clean, table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import {
  day,
  examples,
  newCommand,
  type Surroundings,
  verb,
  wholeNumber,
  withClient,
} from '../verb.ts'

const words = {
  tasks: { en: 'tasks: what is to be done for customers', ja: 'タスク: 顧客への対応' },
  list: { en: 'tasks, the earliest due first', ja: 'タスクの一覧（期日の早い順）' },
  show: { en: 'one task with its comments', ja: 'タスクとコメントを表示' },
  add: { en: 'make a task for an account', ja: '顧客のタスクを作成' },
  change: { en: 'change an open task', ja: '未完了のタスクを変更' },
  done: { en: 'finish tasks', ja: 'タスクを完了にする' },
  reopen: { en: 'open tasks again', ja: 'タスクを開き直す' },
  cancel: { en: 'cancel tasks: nobody has to do them any more', ja: 'タスクをキャンセルする' },
  comment: { en: 'say something about a task', ja: 'タスクにコメントする' },
  whose: { en: 'whose they are', ja: '担当の範囲' },
  account: { en: 'only this account', ja: 'この顧客のみ' },
  state: { en: 'open, closed or all', ja: '未完了（open）・終了（closed）・すべて（all）' },
  dueBy: { en: 'only those due then', ja: '期日で絞り込む' },
  limit: { en: 'at most so many', ja: '最大件数' },
  title: { en: 'what to do', ja: 'やること' },
  due: { en: 'day by which it should be done', ja: '期日' },
  body: { en: 'how to do it', ja: '進め方' },
  owner: {
    en: "who does it, by name or e-mail (default: the account's owner)",
    ja: '担当者の名前またはメールアドレス（既定: 顧客の担当者）',
  },
  noOwner: { en: "the account's owner does it", ja: '顧客の担当者に戻す' },
  note: { en: 'what came of it', ja: 'メモ' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  none: { en: 'No tasks.', ja: 'タスクはありません。' },
  more: { en: 'more; see --limit', ja: '件が残っています。--limit を参照してください' },
  dueTitle: { en: 'Due', ja: '期日' },
  accountTitle: { en: 'Account', ja: '顧客' },
  task: { en: 'Task', ja: 'タスク' },
  ownerTitle: { en: 'Owner', ja: '担当者' },
  stateTitle: { en: 'State', ja: '状態' },
  madeBy: { en: 'Made by', ja: '作成元' },
  program: { en: 'a program', ja: 'プログラム' },
  overdue: { en: 'overdue', ja: '期限超過' },
  isDone: { en: 'done', ja: '完了しました' },
} as const satisfies Record<string, Text>

const states = {
  open: { en: 'open', ja: '未着手' },
  started: { en: 'started', ja: '対応中' },
  done: { en: 'done', ja: '完了' },
  cancelled: { en: 'cancelled', ja: 'キャンセル' },
} as const satisfies Record<AccountTask['state'], Text>

const asJson = z.object({ json: z.boolean().default(false) })
const listOptions = asJson.extend({
  whose: z.enum(['all', 'mine', 'team']),
  account: z.string().optional(),
  state: z.enum(taskStatesAsked),
  due: z.enum(taskDue),
  limit: z.number(),
})
const addOptions = asJson.extend({
  due: z.string(),
  body: z.string().default(''),
  owner: z.string().nullable().default(null),
})
const changeOptions = asJson.extend({
  title: z.string().optional(),
  due: z.string().optional(),
  body: z.string().optional(),
  owner: z.union([z.string(), z.literal(false)]).optional(),
})
const actOptions = asJson.extend({ note: z.string().optional() })

/** `tasks list | show | add | change | done | reopen | cancel | comment`. */
export function addTasks(program: Command, surroundings: Surroundings): void {
  const tasks = newCommand('tasks', words.tasks, surroundings.terminal)
  program.addCommand(tasks)
  addReading(tasks, surroundings)
  addWriting(tasks, surroundings)
  addActs(tasks, surroundings)
}

function addReading(tasks: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say, out } = terminal
  examples(
    verb(tasks, 'list', words.list, terminal)
      .addOption(
        new Option('--whose <whose>', say(words.whose))
          .choices(['all', 'mine', 'team'])
          .default('all'),
      )
      .option('--account <id>', say(words.account))
      .addOption(
        new Option('--state <state>', say(words.state)).choices(taskStatesAsked).default('open'),
      )
      .addOption(new Option('--due <when>', say(words.dueBy)).choices(taskDue).default('any'))
      .option('--limit <n>', say(words.limit), wholeNumber(1, 500), 100)
      .option('--json', say(words.json)),
    terminal,
    ['tasks list --due overdue', 'tasks list --account ACC-0042 --state all'],
  ).action(async (_options, command: Command) => {
    const { json: wantsJson, account, ...asked } = listOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const question = { ...asked, ...(account === undefined ? {} : { account }) }
      const { total, rows } = await client.tasks.list(question)
      if (wantsJson) return out(json({ total, rows }))
      out(taskTable(rows, terminal))
      if (total > rows.length) out(`${total - rows.length} ${say(words.more)}\n`)
    })
  })

  verb(tasks, 'show', words.show, terminal)
    .argument('<id>')
    .option('--json', say(words.json))
    .action(async (id: string, _options, command: Command) => {
      const { json: wantsJson } = asJson.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const found = await client.tasks.get({ id })
        if (wantsJson) return out(json(found))
        out(taskTable([found.task], terminal))
        const body = say(found.task.body)
        if (body !== '') out(`\n${body.split('\n').map(clean).join('\n').trimEnd()}\n`)
        for (const { madeAt, madeBy, text } of found.comments) {
          out(`\n${madeAt.slice(0, 10)} ${clean(madeBy ?? say(words.program))}: ${clean(text)}\n`)
        }
      })
    })
}

function addWriting(tasks: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say, out } = terminal
  const show = (task: AccountTask, wantsJson: boolean) =>
    out(wantsJson ? json(task) : taskTable([task], terminal))

  examples(
    verb(tasks, 'add', words.add, terminal)
      .argument('<account>')
      .argument('<title>', say(words.title))
      .requiredOption('--due <day>', say(words.due), day)
      .option('--body <text>', say(words.body))
      .option('--owner <name>', say(words.owner))
      .option('--json', say(words.json)),
    terminal,
    ["tasks add ACC-0042 'Prepare the quarterly review' --due 2026-12-10"],
  ).action(async (account: string, title: string, _options, command: Command) => {
    const { json: wantsJson, due: dueOn, ...rest } = addOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      show(await client.tasks.create({ account, title, dueOn, ...rest }), wantsJson)
    })
  })

  examples(
    verb(tasks, 'change', words.change, terminal)
      .argument('<id>')
      .option('--title <text>', say(words.title))
      .option('--due <day>', say(words.due), day)
      .option('--body <text>', say(words.body))
      .option('--owner <name>', say(words.owner))
      .option('--no-owner', say(words.noOwner))
      .option('--json', say(words.json)),
    terminal,
    ['tasks change 0b1c… --due 2026-12-15 --owner Sato'],
  ).action(async (id: string, _options, command: Command) => {
    const { json: wantsJson, title, body, due, owner } = changeOptions.parse(command.opts())
    const changes = {
      ...(title === undefined ? {} : { title }),
      ...(body === undefined ? {} : { body }),
      ...(due === undefined ? {} : { dueOn: due }),
      ...(owner === undefined ? {} : { owner: owner === false ? null : owner }),
    }
    await withClient(surroundings, command, async (client) => {
      show(await client.tasks.change({ id, ...changes }), wantsJson)
    })
  })

  examples(
    verb(tasks, 'comment', words.comment, terminal)
      .argument('<id>')
      .argument('<text>')
      .option('--json', say(words.json)),
    terminal,
    ["tasks comment 0b1c… 'They call back on Monday'"],
  ).action(async (id: string, text: string, _options, command: Command) => {
    const { json: wantsJson } = asJson.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const found = await client.tasks.comment({ id, text })
      if (wantsJson) out(json(found))
      else show(found.task, false)
    })
  })
}

function addActs(tasks: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say, out } = terminal
  const acts = [
    ['done', 'finish', ["tasks done 0b1c… 7d2e… --note 'They renew'"]],
    ['reopen', 'reopen', ['tasks reopen 0b1c…']],
    ['cancel', 'cancel', ["tasks cancel 0b1c… --note 'Asked twice'"]],
  ] as const
  for (const [name, act, lines] of acts) {
    const command = verb(tasks, name, words[name], terminal).argument('<ids...>')
    if (act !== 'reopen') command.option('--note <text>', say(words.note))
    examples(command.option('--json', say(words.json)), terminal, lines).action(
      async (ids: string[], _options, given: Command) => {
        const { json: wantsJson, note } = actOptions.parse(given.opts())
        await withClient(surroundings, given, async (client) => {
          const asked = { ids, act, ...(note === undefined ? {} : { note }) }
          const results = await client.tasks.bulk(asked)
          out(wantsJson ? json(results) : resultLines(results, terminal))
          // A script is to notice that not all were done.
          if (results.some(({ done }) => !done)) throw new AlreadyTold()
        })
      },
    )
  }
}

const resultLines = (results: readonly BulkResult[], { say }: Terminal): string =>
  results
    .map(({ id, says }) => `${id}  ${says === null ? say(words.isDone) : say(says)}\n`)
    .join('')

function taskTable(tasks: readonly AccountTask[], { say }: Terminal): string {
  if (tasks.length === 0) return `${say(words.none)}\n`
  return table(
    [
      { title: say(words.dueTitle) },
      { title: say(words.accountTitle) },
      { title: say(words.task) },
      { title: say(words.ownerTitle) },
      { title: say(words.stateTitle) },
      { title: say(words.madeBy) },
      { title: 'Id' },
    ],
    tasks.map((task) => [
      task.overdue ? `${task.dueOn} (${say(words.overdue)})` : task.dueOn,
      `${task.accountName} (${task.account})`,
      say(task.title),
      task.owner ?? '–',
      say(states[task.state]),
      task.madeBy.kind === 'person'
        ? (task.madeBy.name ?? say(words.program))
        : say(task.madeBy.name),
      task.id,
    ]),
  )
}
