import { type Account, type AccountRow, accountSortKeys } from '@tomoshibi/contract/accounts'
import type { Text } from '@tomoshibi/contract/text'
import { type Command, Option } from 'commander'
import * as z from 'zod'
import { figure } from '../output/figures.ts'
import { json } from '../output/json.ts'
import { table } from '../output/table.ts'
import type { Terminal } from '../output/terminal.ts'
import { examples, newCommand, type Surroundings, verb, wholeNumber, withClient } from '../verb.ts'

const words = {
  accounts: { en: 'customers', ja: '顧客' },
  list: { en: 'accounts, searched and sorted', ja: '顧客の検索と並べ替え' },
  show: { en: 'one account', ja: '顧客 1 件の詳細' },
  search: { en: 'in name, id and attributes', ja: '名前・ID・属性から検索' },
  sort: { en: 'sort by', ja: '並べ替えの項目' },
  ascending: { en: 'smallest first', ja: '昇順' },
  limit: { en: 'how many', ja: '件数' },
  json: { en: 'as JSON', ja: 'JSON で出力' },
  id: { en: 'Id', ja: 'ID' },
  name: { en: 'Name', ja: '名前' },
  mrr: { en: 'MRR', ja: 'MRR' },
  renewal: { en: 'Renewal', ja: '契約更新まで' },
  users: { en: 'Active users', ja: '利用者数' },
  licences: { en: 'Licence use', ja: 'ライセンス利用率' },
  lamps: { en: 'Lit lamps', ja: '点灯中のランプ' },
  attributes: { en: 'Attributes', ja: '属性' },
  contracts: { en: 'Contract lines', ja: '契約明細' },
  contacts: { en: 'Contacts', ja: '担当者' },
  decides: { en: 'decides', ja: '決裁者' },
  open: { en: 'open', ja: '終了日なし' },
} as const satisfies Record<string, Text>

const listOptions = z.object({
  search: z.string().default(''),
  sort: z.enum(accountSortKeys).default('mrr'),
  ascending: z.boolean().default(false),
  limit: z.number().default(50),
  json: z.boolean().default(false),
})
const showOptions = z.object({ json: z.boolean().default(false) })

/** `accounts list | show`. */
export function addAccounts(program: Command, surroundings: Surroundings): void {
  const { terminal } = surroundings
  const { say } = terminal
  const accounts = newCommand('accounts', words.accounts, terminal)
  program.addCommand(accounts)

  examples(
    verb(accounts, 'list', words.list, terminal)
      .option('--search <text>', say(words.search))
      .addOption(new Option('--sort <key>', say(words.sort)).choices(accountSortKeys))
      .option('--ascending', say(words.ascending))
      .option('--limit <count>', say(words.limit), wholeNumber(1, 1000))
      .option('--json', say(words.json)),
    terminal,
    ['accounts list --search enterprise --sort daysToRenewal --ascending'],
  ).action(async (_options, command: Command) => {
    const { ascending, json: wantsJson, ...query } = listOptions.parse(command.opts())
    await withClient(surroundings, command, async (client) => {
      const found = await client.accounts.list({ ...query, descending: !ascending })
      if (wantsJson) return terminal.out(json(found))
      const { currency } = await client.workspace.get()
      terminal.out(accountTable(found.rows, currency, terminal))
      terminal.err(
        `${say({ en: `${found.rows.length} of ${found.total}`, ja: `${found.total} 件中 ${found.rows.length} 件` })}\n`,
      )
    })
  })

  verb(accounts, 'show', words.show, terminal)
    .argument('<account>')
    .option('--json', say(words.json))
    .action(async (accountId: string, _options, command: Command) => {
      const options = showOptions.parse(command.opts())
      await withClient(surroundings, command, async (client) => {
        const account = await client.accounts.get({ accountId })
        terminal.out(options.json ? json(account) : accountPage(account, terminal))
      })
    })
}

function accountTable(rows: readonly AccountRow[], currency: string, terminal: Terminal): string {
  const { say } = terminal
  const columns = [
    { title: say(words.id) },
    { title: say(words.name) },
    { title: say(words.mrr), right: true },
    { title: say(words.renewal), right: true },
    { title: say(words.users), right: true },
    { title: say(words.licences), right: true },
    { title: say(words.lamps) },
  ]
  const cells = rows.map((row) => [
    row.id,
    row.name,
    figure({ value: row.mrr, unit: 'money', currency }, terminal),
    figure({ value: row.daysToRenewal, unit: 'days' }, terminal),
    figure({ value: row.activeUsers, unit: 'count' }, terminal),
    figure({ value: row.licenceUtilisation, unit: 'percent' }, terminal),
    row.litLamps.join(', '),
  ])
  return table(columns, cells)
}

function accountPage(account: Account, terminal: Terminal): string {
  const { say } = terminal
  const attributes = Object.entries(account.attributes).map((pair) => [...pair])
  const lines = account.contractLines.map((line) => [
    line.product,
    line.plan,
    line.quantity ?? '',
    figure({ value: line.amount, unit: 'money', currency: line.currency }, terminal),
    `/ ${line.billingCount} ${line.billingUnit}`,
    `${line.effectiveFrom} – ${line.effectiveTo ?? say(words.open)}`,
    line.state,
  ])
  const contacts = account.contacts.map((contact) => [
    contact.name,
    contact.role,
    contact.email,
    contact.decisionMaker ? say(words.decides) : '',
  ])
  const lamps = account.lamps.map((lamp) => [
    say(lamp.name),
    lamp.state,
    lamp.since,
    lamp.why ? say(lamp.why) : '',
  ])
  const part = (title: Text, rows: readonly (readonly string[])[]) => {
    const width = rows[0]?.length ?? 0
    if (width === 0) return ''
    const columns = Array.from({ length: width }, () => ({ title: '' }))
    // The first line of the table is its titles, which these short lists do without.
    return `\n${say(title)}\n${table(columns, rows).split('\n').slice(1).join('\n')}`
  }
  return [
    `${account.name} (${account.id})\n`,
    part(words.attributes, attributes),
    part(words.lamps, lamps),
    part(words.contracts, lines),
    part(words.contacts, contacts),
  ].join('')
}
