/**
 * `npm run docs`: writes the reference pages from the contract and the metric catalogue, so that they
 * cannot say anything else than the program does. A test compares them with what is committed.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isContractProcedure } from '@orpc/contract'
import { contract } from '../packages/contract/dist/contract.js'
import { errorRegistry } from '../packages/contract/dist/errors.js'
import { builtInRoles, ofTheMachine, reachOf } from '../packages/contract/dist/roles.js'
import { builtInMetrics } from '../packages/metrics/dist/catalogue.js'
import { factRegister } from '../packages/server/dist/personal-data/register/facts.js'
import {
  classNames,
  columnClasses,
  whoseNames,
} from '../packages/server/dist/personal-data/register/register.js'
import { stateRegister } from '../packages/server/dist/personal-data/register/state.js'
import { root } from './steps.mjs'

const languages = /** @type {const} */ (['en', 'ja'])
const file = (/** @type {string} */ name, /** @type {'en' | 'ja'} */ language) =>
  `docs/reference/${name}${language === 'ja' ? '.ja' : ''}.md`

/** A bar would end the cell. @param {string} text */
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
function table(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

const words = {
  en: {
    metrics: 'Metrics',
    metricsIntro:
      'Every built-in metric, written from its definition. A percent value is a fraction in JSON: 0.25 is 25 %.',
    means: 'Means',
    computed: 'Computed',
    unit: 'Unit',
    asked: 'Asked for',
    settings: 'Settings',
    instant: 'the end of a day',
    period: 'a period; for one day, the one that ends with it:',
    onlyPortfolio: 'The whole portfolio only.',
    errors: 'Errors',
    errorsIntro: 'Every error that the program returns, with what to do about it.',
    code: 'Code',
    status: 'HTTP',
    what: 'What happened',
    mend: 'What to do',
    groups: {
      revenue: 'Recurring revenue',
      usage: 'Product use',
      voice: 'Voice of the customer',
      support: 'Support',
      contact: 'Contact',
      billing: 'Billing',
      onboarding: 'Onboarding',
    },
  },
  ja: {
    metrics: '指標',
    metricsIntro:
      '組み込みの指標の一覧です。定義から自動で書き出しています。JSON では割合を小数で表します(0.25 は 25%)。',
    means: '意味',
    computed: '計算方法',
    unit: '単位',
    asked: '求め方',
    settings: '設定',
    instant: '1日の終わりの時点',
    period: '期間。1日を指定した場合は、その日で終わる期間:',
    onlyPortfolio: '全体のみの指標です。',
    errors: 'エラー',
    errorsIntro: 'プログラムが返すすべてのエラーと、その対処方法です。',
    code: 'コード',
    status: 'HTTP',
    what: '内容',
    mend: '対処方法',
    groups: {
      revenue: '経常収益',
      usage: '利用状況',
      voice: '顧客の声',
      support: 'サポート',
      contact: '接点',
      billing: '請求',
      onboarding: 'オンボーディング',
    },
  },
}

/** @param {'en' | 'ja'} language */
function metricsPage(language) {
  const w = words[language]
  const parts = [`# ${w.metrics}`, w.metricsIntro]
  for (const [group, title] of Object.entries(w.groups)) {
    const metrics = [...builtInMetrics.values()].filter((metric) => metric.group === group)
    if (metrics.length === 0) continue
    parts.push(`## ${title}`)
    for (const metric of metrics) {
      const asked =
        metric.time === 'instant' ? w.instant : `${w.period} ${metric.headlinePeriod ?? ''}`
      parts.push(`### \`${metric.key}\` ${metric.name[language]}`)
      parts.push(
        [
          `- **${w.means}**: ${metric.says[language]}`,
          `- **${w.computed}**: ${metric.formula[language]}`,
          `- **${w.unit}**: ${metric.unit}. **${w.asked}**: ${asked}`,
          ...(metric.settings.length === 0
            ? []
            : [`- **${w.settings}**: ${metric.settings.map((name) => `\`${name}\``).join(', ')}`]),
          ...(metric.grains.includes('account') ? [] : [`- ${w.onlyPortfolio}`]),
        ].join('\n'),
      )
    }
  }
  return `${parts.join('\n\n')}\n`
}

/** @param {'en' | 'ja'} language */
function errorsPage(language) {
  const w = words[language]
  const rows = Object.entries(errorRegistry).map(([code, entry]) => [
    `\`${code}\``,
    String(entry.status),
    entry.what[language],
    entry.mend[language],
  ])
  const head = [w.code, w.status, w.what, w.mend]
  return `# ${w.errors}\n\n${w.errorsIntro}\n\n${table(head, rows)}\n`
}

/**
 * @param {object} router
 * @param {string} path
 * @returns {{ name: string, procedure: import('@orpc/contract').AnyContractProcedure }[]}
 */
function operations(router, path = '') {
  return Object.entries(router).flatMap(([key, value]) => {
    const name = path === '' ? key : `${path}.${key}`
    return isContractProcedure(value) ? [{ name, procedure: value }] : operations(value, name)
  })
}

function httpPage() {
  const all = operations(contract).map(({ procedure }) => Object.keys(procedure['~orpc'].errorMap))
  const always = (all[0] ?? []).filter((code) => all.every((codes) => codes.includes(code)))
  const rows = operations(contract).map(({ name, procedure }) => {
    const { route, meta, errorMap } = procedure['~orpc']
    return [
      `\`${name}\``,
      `\`${route.method} /api${route.path}\``,
      route.summary ?? '',
      `\`${meta.permission}\``,
      Object.keys(errorMap)
        .filter((code) => !always.includes(code))
        .map((code) => `\`${code}\``)
        .join(' '),
    ]
  })
  return `# HTTP operations

The screens and the command line use these and no others. The whole description, with every input and
output, is the OpenAPI document at \`/openapi.json\`. [Errors](errors.md) have a code, texts in both
languages and a way to mend; every operation may return ${always.map((code) => `\`${code}\``).join(', ')}.

${table(['Operation', 'Route', 'Does', 'Permission', 'May also fail with'], rows)}
`
}

const permissionWords = {
  en: {
    title: 'Permissions by role',
    intro:
      "Which operation each role may call. 'own' is a CSM in a workspace where CSMs see their own and their team's accounts only. ✓ = may; (✓) = may, and it is held to the accounts that are seen; – = is refused. 'Nobody' is not signed in; 'machine' is the command line on the machine that runs Tomoshibi. A test calls every operation as each of them and compares.",
    operation: 'Operation',
    needs: 'Needs',
    nobody: 'Nobody',
    own: 'own',
    machine: 'machine',
  },
  ja: {
    title: 'ロール別の権限',
    intro:
      '各ロールが呼び出せる操作の一覧です。「own」は、自分とチームの顧客だけを閲覧できる設定の CSM です。✓ は可能、(✓) は閲覧できる顧客に限り可能、– は拒否を表します。「未サインイン」はサインインしていない人、「マシン」は Tomoshibi が動いているマシンのコマンドラインです。テストでは、すべての操作をそれぞれの立場で呼び出して照合します。',
    operation: '操作',
    needs: '必要な権限',
    nobody: '未サインイン',
    own: 'own',
    machine: 'マシン',
  },
}

/**
 * What may be called with a permission: by nobody, by each role, by a CSM who sees their own accounts, and
 * by the machine.
 * @param {import('../packages/contract/dist/operation.js').Requirement} permission
 */
function mayCall(permission) {
  const roles = Object.keys(builtInRoles)
  if (permission === 'anyone') return ['✓', ...roles.map(() => '✓'), '✓', '✓']
  if (permission === 'signed_in') return ['–', ...roles.map(() => '✓'), '✓', '–']
  const has = Object.values(builtInRoles).map((role) => role.permissions.includes(permission))
  const own = builtInRoles.csm.permissions.includes(permission)
  const reach = { none: '✓', seen: '(✓)', all: '–' }[reachOf[permission]]
  return ['–', ...has.map((may) => (may ? '✓' : '–')), own ? reach : '–', '✓']
}

/** @param {'en' | 'ja'} language */
function permissionsPage(language) {
  const w = permissionWords[language]
  const rows = operations(contract).map(({ name, procedure }) => {
    const { permission } = procedure['~orpc'].meta
    return [`\`${name}\``, `\`${permission}\``, ...mayCall(permission)]
  })
  const head = [w.operation, w.needs, w.nobody, ...Object.keys(builtInRoles), w.own, w.machine]
  const machineOnly = ofTheMachine.map((one) => `\`${one}\``).join(language === 'ja' ? '、' : ', ')
  const note =
    language === 'ja'
      ? `${machineOnly} は、どのロールにも含められません。`
      : `No role can have ${machineOnly}.`
  return `# ${w.title}\n\n${w.intro}\n\n${table(head, rows)}\n\n${note}\n`
}

const registerWords = {
  en: {
    title: 'What is held of people, where and why',
    intro:
      'Every table of both stores with all of its columns, written from the register in the program; a test compares it with the tables that there are. Tables for rows on their way into another one (`staging_…`) have the columns of that one and are not repeated. Outside of the stores, personal data are in the journal of received events (until they are facts), in the files of rejected rows of imports, and in backups. The program’s own log has none.',
    facts: 'Facts (ClickHouse)',
    state: 'State (PostgreSQL)',
    head: ['Table', 'Of whom', 'Why', 'How long', 'When a person is erased'],
    columns: 'Columns',
    table: 'Table',
  },
  ja: {
    title: '個人データの台帳',
    intro:
      '両方のストアのすべてのテーブルと列の一覧です。プログラム内の台帳から書き出し、実際のテーブルとテストで照合しています。取り込み途中の行のテーブル（`staging_…`）は、取り込み先と同じ列のため省略します。ストアの外では、受信したイベントのジャーナル（取り込みが済むまで）、インポートで取り込めなかった行のファイル、バックアップに個人データが含まれます。プログラムのログには含まれません。',
    facts: 'データ（ClickHouse）',
    state: '状態（PostgreSQL）',
    head: ['テーブル', '対象', '目的', '保存期間', '消去したとき'],
    columns: '列',
    table: 'テーブル',
  },
}

/** @param {'en' | 'ja'} language */
function registerPage(language) {
  const w = registerWords[language]
  const parts = [`# ${w.title}`, w.intro]
  for (const [title, register] of /** @type {const} */ ([
    [w.facts, factRegister],
    [w.state, stateRegister],
  ])) {
    const tables = register.filter((each) => !each.table.startsWith('staging_'))
    parts.push(
      `## ${title}`,
      table(
        w.head,
        tables.map((each) => [
          `\`${each.table}\``,
          whoseNames[each.whose][language],
          each.purpose[language],
          each.kept[language],
          each.erased[language],
        ]),
      ),
      `### ${w.columns}`,
      table(
        [w.table, ...columnClasses.map((each) => classNames[each][language])],
        tables.map((each) => [
          `\`${each.table}\``,
          ...columnClasses.map((of) =>
            Object.keys(each.columns)
              .filter((column) => each.columns[column] === of)
              .map((column) => `\`${column}\``)
              .join(' '),
          ),
        ]),
      ),
    )
  }
  return `${parts.join('\n\n')}\n`
}

/** Every reference page: path from the root → text. */
export function referencePages() {
  return new Map([
    ...languages.map(
      (language) => /** @type {const} */ ([file('metrics', language), metricsPage(language)]),
    ),
    ...languages.map(
      (language) => /** @type {const} */ ([file('errors', language), errorsPage(language)]),
    ),
    ...languages.map(
      (language) =>
        /** @type {const} */ ([file('permissions', language), permissionsPage(language)]),
    ),
    ...languages.map(
      (language) =>
        /** @type {const} */ ([file('personal-data', language), registerPage(language)]),
    ),
    [file('http', 'en'), httpPage()],
  ])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of referencePages()) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
    process.stderr.write(`${path}\n`)
  }
}
