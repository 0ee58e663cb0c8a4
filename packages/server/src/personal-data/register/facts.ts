import type { Text } from '@tomoshibi/contract/text'
import { personalFacts, type SaysOf } from '@tomoshibi/facts/erasure/columns'
import { type FactTableName, factTables } from '@tomoshibi/facts/tables'
import { isCutTable, policies } from '../../upkeep/retention/retention.ts'
import { all, type ColumnClass, type RegisteredTable } from './register.ts'

const classOf: Readonly<Record<SaysOf, ColumnClass>> = {
  nobody: 'nobody',
  user: 'identity',
  contact: 'identity',
  asker: 'identity',
  own: 'theirs',
  text: 'text',
}

const nothing: Text = { en: 'nothing to erase', ja: '消去する対象なし' }
const replaced: Text = {
  en: 'ids become random ones, what was said goes, mentions elsewhere are taken out; the counts stay',
  ja: 'ID は無作為な値に置き換え、内容は消去し、ほかの行での言及も取り除く。件数は残る',
}
const mentions: Text = {
  en: 'mentions are taken out of texts',
  ja: '文章中の言及を取り除く',
}

const told: Readonly<Record<FactTableName, Pick<RegisteredTable, 'purpose' | 'erased' | 'whose'>>> =
  {
    account_attributes: {
      whose: 'both',
      purpose: { en: 'who a customer is, and who looks after it', ja: '顧客の属性と自社の担当者' },
      erased: mentions,
    },
    contacts: {
      whose: 'customers',
      purpose: {
        en: 'whom to talk to, who decides, and how many were invited',
        ja: '連絡先、決裁者、招待した人数の把握',
      },
      erased: replaced,
    },
    user_attributes: {
      whose: 'customers',
      purpose: {
        en: 'names and roles of users, as the product tells them',
        ja: '製品から届く利用者の氏名や役割',
      },
      erased: { en: 'their rows go', ja: '本人の行を削除' },
    },
    contract_lines: {
      whose: 'nobody',
      purpose: { en: 'what a customer pays', ja: '契約金額の把握' },
      erased: mentions,
    },
    usage_events: {
      whose: 'customers',
      purpose: {
        en: 'how a customer uses the product, by how many people',
        ja: '製品の利用状況と利用者数の把握',
      },
      erased: replaced,
    },
    survey_answers: {
      whose: 'customers',
      purpose: { en: 'how satisfied a customer is', ja: '顧客満足度の把握' },
      erased: replaced,
    },
    tickets: {
      whose: 'customers',
      purpose: { en: 'what a customer needs help with', ja: '問い合わせ状況の把握' },
      erased: replaced,
    },
    invoices: {
      whose: 'nobody',
      purpose: { en: 'what was asked for and paid', ja: '請求と入金の把握' },
      erased: mentions,
    },
    touchpoints: {
      whose: 'both',
      purpose: {
        en: 'when a customer was last talked to, by whom',
        ja: '顧客との接点と担当者の把握',
      },
      erased: replaced,
    },
    milestones: {
      whose: 'nobody',
      purpose: { en: 'how far the onboarding is', ja: 'オンボーディングの進み具合の把握' },
      erased: mentions,
    },
    exchange_rates: {
      whose: 'nobody',
      purpose: { en: 'amounts in one currency', ja: '金額の換算' },
      erased: mentions,
    },
  }

const period: Text = {
  en: 'for the period that the workspace chose, otherwise for ever',
  ja: 'ワークスペースで設定した期間。設定がなければ無期限',
}
const because = ({ en, ja }: Text): Text => ({ en: `for ever: ${en}`, ja: `無期限（${ja}）` })
const rolled: Text = {
  en: 'for as long as the events, and their months after that',
  ja: 'イベントと同じ期間。集計済みの月はその後も残る',
}
const passing: Text = { en: 'while it runs', ja: '処理中のみ' }
const forEver: Text = { en: 'for ever', ja: '無期限' }

const names = Object.keys(factTables).filter((name): name is FactTableName => name in factTables)

const factRows = names.map((name): RegisteredTable => {
  const columns = Object.entries(personalFacts[name].columns).map(([column, of]) => [
    column,
    classOf[of],
  ])
  const { keptBecause } = policies[name]
  return {
    store: 'facts',
    table: name,
    ...told[name],
    kept: isCutTable(name) || keptBecause === null ? period : because(keptBecause),
    // What the engine computes of the others says no more than they do.
    columns: { ...Object.fromEntries(columns), content_hash: 'nobody' },
  }
})

const stagingRows = factRows.map(
  (row): RegisteredTable => ({
    ...row,
    table: `staging_${row.table}`,
    purpose: { en: 'rows on their way in', ja: '取り込み中の行' },
    kept: passing,
    erased: { en: 'dropped', ja: '破棄' },
    columns: { ...all('nobody', 'load_id', 'row_no', 'known_implicitly'), ...row.columns },
  }),
)

const rollupColumns = all(
  'nobody',
  ...['workspace_id', 'account_id', 'month', 'block', 'known_from', 'known_until', 'version'],
  ...['days', 'first_at', 'times_on', 'times', 'last_known_at'],
)

const rollup: Text = {
  en: 'figures of use without reading all events',
  ja: '利用指標を高速に求めるための集計',
}

const record = { ...all('nobody', 'workspace_id', 'account_id'), ...all('text', 'record_id') }

export const factRegister: readonly RegisteredTable[] = [
  ...factRows,
  {
    store: 'facts',
    table: 'held_events',
    whose: 'customers',
    purpose: {
      en: 'messages until the account of their person is known',
      ja: '所属する顧客が分かるまで待つメッセージ',
    },
    kept: forEver,
    erased: {
      en: 'their messages go; mentions in others are taken out',
      ja: '本人のメッセージを削除し、ほかでの言及を取り除く',
    },
    columns: { ...all('nobody', 'workspace_id', 'seq'), person: 'identity', message: 'theirs' },
  },
  {
    store: 'facts',
    table: 'event_ids',
    whose: 'nobody',
    purpose: { en: 'a message that comes again has no effect', ja: '重複したメッセージの検出' },
    kept: forEver,
    erased: { en: 'stays: hashes of ids of messages', ja: '残る（メッセージ ID のハッシュ）' },
    columns: all('nobody', 'workspace_id', 'id', 'seq'),
  },
  {
    store: 'facts',
    table: 'user_numbers',
    whose: 'customers',
    purpose: rollup,
    kept: rolled,
    erased: { en: 'the id becomes the random one', ja: 'ID を無作為な値に置き換える' },
    columns: { ...all('nobody', 'workspace_id', 'account_id', 'number'), user_id: 'identity' },
  },
  {
    store: 'facts',
    table: 'use_by_month',
    whose: 'nobody',
    purpose: rollup,
    kept: rolled,
    erased: nothing,
    columns: rollupColumns,
  },
  {
    store: 'facts',
    table: 'event_use_by_month',
    whose: 'nobody',
    purpose: rollup,
    kept: rolled,
    erased: nothing,
    columns: { ...rollupColumns, event: 'nobody' },
  },
  {
    store: 'facts',
    table: 'use_touched',
    whose: 'nobody',
    purpose: rollup,
    kept: rolled,
    erased: nothing,
    columns: all('nobody', 'workspace_id', 'account_id', 'month', 'version'),
  },
  {
    store: 'facts',
    table: 'use_corrected',
    whose: 'nobody',
    purpose: rollup,
    kept: rolled,
    erased: {
      en: 'ids of records that name the person become others',
      ja: '本人を示すレコード ID を置き換える',
    },
    columns: { ...record, utc_month: 'nobody' },
  },
  {
    store: 'facts',
    table: 'rollup_builds',
    whose: 'nobody',
    purpose: rollup,
    kept: forEver,
    erased: nothing,
    columns: all('nobody', 'workspace_id', 'rollup', 'definition', 'time_zone', 'whole', 'version'),
  },
  {
    store: 'facts',
    table: 'fact_cuts',
    whose: 'nobody',
    purpose: { en: 'what was deleted for its age', ja: '保存期間による削除の記録' },
    kept: forEver,
    erased: nothing,
    columns: all(
      'nobody',
      ...['workspace_id', 'table_name', 'before', 'time_zone', 'begun_at', 'done_at'],
      ...['rows_deleted', 'version'],
    ),
  },
  ...(['cut_records', 'kept_records'] as const).map(
    (table): RegisteredTable => ({
      store: 'facts',
      table,
      whose: 'nobody',
      purpose: { en: 'records of a deletion that runs', ja: '実行中の削除の対象' },
      kept: passing,
      erased: { en: 'goes with the deletion', ja: '削除処理の終了とともに消える' },
      columns: {
        cut_id: 'nobody',
        ...record,
        ...(table === 'cut_records' ? all('nobody', 'month', 'known_at', 'version') : {}),
      },
    }),
  ),
  {
    store: 'facts',
    table: 'load_outcomes',
    whose: 'nobody',
    purpose: { en: 'rows on their way in', ja: '取り込み中の行' },
    kept: passing,
    erased: { en: 'dropped', ja: '破棄' },
    columns: {
      ...all('nobody', 'load_id', 'table_name', 'known_at', 'row_no', 'content_hash', 'outcome'),
      ...all('nobody', 'moved'),
      record_id: 'text',
    },
  },
  ...stagingRows,
  {
    store: 'facts',
    table: 'erasure_ids',
    whose: 'customers',
    purpose: { en: 'who is being erased', ja: '消去中の対象者' },
    kept: passing,
    erased: { en: 'goes when the erasure is done', ja: '消去の完了とともに消える' },
    columns: { ...all('nobody', 'erasure_id', 'kind', 'account_id', 'new'), old: 'identity' },
  },
  {
    store: 'facts',
    table: 'erasure_patterns',
    whose: 'both',
    purpose: { en: 'who is being erased', ja: '消去中の対象者' },
    kept: passing,
    erased: { en: 'goes when the erasure is done', ja: '消去の完了とともに消える' },
    columns: { ...all('nobody', 'erasure_id', 'number'), pattern: 'identity' },
  },
  {
    store: 'facts',
    table: 'erasure_records',
    whose: 'nobody',
    purpose: { en: 'who is being erased', ja: '消去中の対象者' },
    kept: passing,
    erased: { en: 'goes when the erasure is done', ja: '消去の完了とともに消える' },
    columns: {
      ...all('nobody', 'erasure_id', 'table_name', 'account_id', 'new_id'),
      record_id: 'text',
    },
  },
  {
    store: 'facts',
    table: 'migrations',
    whose: 'nobody',
    purpose: { en: 'how new the tables are', ja: 'テーブルの版の管理' },
    kept: forEver,
    erased: nothing,
    columns: all('nobody', 'version', 'name'),
  },
]
