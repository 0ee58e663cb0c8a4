import { Link } from '@tanstack/react-router'
import { type ColumnDef, tableFeatures, useTable } from '@tanstack/react-table'
import type { AccountRow } from '@tomoshibi/contract/accounts'
import type { Severity } from '@tomoshibi/contract/light'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useLampDefinitions } from '../../api/lamp-names.ts'
import { useWorkspace } from '../../api/workspace.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { useAttributeName } from '../../ui/attribute-name.ts'
import { LampShape } from '../../ui/lamp-mark.tsx'
import { Money } from '../../ui/money.tsx'
import { NoValue } from '../../ui/no-value.tsx'
import type { AccountSortKey } from './search.ts'

// Searching, sorting and paging are the server's work; the table only lays out what it answered.
const features = tableFeatures({})
type Column = ColumnDef<typeof features, AccountRow>

const sortKeys: Readonly<Record<string, AccountSortKey>> = {
  name: 'name',
  lamps: 'litLamps',
  mrr: 'mrr',
  renewal: 'daysToRenewal',
  users: 'activeUsers',
  licences: 'licenceUtilisation',
}
const numeric = new Set(['mrr', 'renewal', 'users', 'licences'])

/** The accounts of one page, a heading for each column that sorts by it. */
export function AccountsTable({
  rows,
  order,
  stale,
  onSort,
}: {
  rows: AccountRow[]
  order: { sort: AccountSortKey; dir: 'asc' | 'desc' }
  stale: boolean
  onSort: (key: AccountSortKey) => void
}) {
  const { t } = useTranslation('accounts')
  const columns = useColumns()
  const table = useTable({ features, columns, data: rows, getRowId: (row) => row.id })
  return (
    <div className="surface scroll-x accounts" data-stale={stale}>
      <table className="data">
        <caption className="hidden">{t('title')}</caption>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => {
                const key = sortKeys[header.column.id]
                const sorted = key === order.sort ? order.dir : null
                return (
                  <th
                    key={header.id}
                    scope="col"
                    className={numeric.has(header.column.id) ? 'num' : ''}
                    aria-sort={
                      sorted === null ? undefined : sorted === 'asc' ? 'ascending' : 'descending'
                    }
                  >
                    {key === undefined ? (
                      <table.FlexRender header={header} />
                    ) : (
                      <button
                        type="button"
                        className="plain-button sort"
                        onClick={() => onSort(key)}
                      >
                        <table.FlexRender header={header} />
                        <span aria-hidden="true" data-sorted={sorted}>
                          {sorted === 'asc' ? '▲' : '▼'}
                        </span>
                      </button>
                    )}
                  </th>
                )
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id}>
              {row.getAllCells().map((cell) =>
                cell.column.id === 'name' ? (
                  <th key={cell.id} scope="row">
                    <table.FlexRender cell={cell} />
                  </th>
                ) : (
                  <td key={cell.id} className={numeric.has(cell.column.id) ? 'num' : ''}>
                    <table.FlexRender cell={cell} />
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function useColumns(): Column[] {
  const { t } = useTranslation('accounts')
  const format = useFormat()
  const attributeName = useAttributeName()
  const { currency } = useWorkspace()
  return useMemo<Column[]>(
    () => [
      {
        id: 'name',
        header: t('column.name'),
        cell: ({ row }) => (
          <>
            <Link to="/accounts/$accountId" params={{ accountId: row.original.id }}>
              {row.original.name}
            </Link>
            {row.original.name !== row.original.id && (
              <div className="small dim">{row.original.id}</div>
            )}
          </>
        ),
      },
      {
        id: 'lamps',
        header: t('column.lamps'),
        cell: ({ row }) => <LitLamps keys={row.original.litLamps} />,
      },
      {
        id: 'mrr',
        header: 'MRR',
        cell: ({ row }) => <Money amount={row.original.mrr} currency={currency} />,
      },
      {
        id: 'renewal',
        header: t('column.renewal'),
        cell: ({ row }) =>
          row.original.daysToRenewal === null ? (
            <NoValue />
          ) : (
            t('inDays', {
              count: Math.round(row.original.daysToRenewal),
              shown: format.number(row.original.daysToRenewal, 0),
            })
          ),
      },
      {
        id: 'users',
        header: t('column.users'),
        cell: ({ row }) =>
          row.original.activeUsers === null ? (
            <NoValue />
          ) : (
            format.number(row.original.activeUsers, 0)
          ),
      },
      {
        id: 'licences',
        header: t('column.licences'),
        cell: ({ row }) =>
          row.original.licenceUtilisation === null ? (
            <NoValue />
          ) : (
            format.percent(row.original.licenceUtilisation, 0)
          ),
      },
      ...['plan', 'owner'].map(
        (key): Column => ({
          id: key,
          header: attributeName(key),
          cell: ({ row }) => row.original.attributes[key] ?? <NoValue />,
        }),
      ),
    ],
    [t, format, attributeName, currency],
  )
}

/** Gravest first. */
const severities: readonly Severity[] = ['critical', 'warning', 'info']

function LitLamps({ keys }: { keys: readonly string[] }) {
  const { t } = useTranslation('accounts')
  const text = useText()
  const lamps = useLampDefinitions()
  const gravity = (key: string) => severities.indexOf(lamps.get(key)?.severity ?? 'info')
  if (keys.length === 0) return <span className="dim">{t('noLamps')}</span>
  return (
    <ul className="lit-lamps">
      {keys
        .toSorted((a, b) => gravity(a) - gravity(b))
        .map((key) => {
          const lamp = lamps.get(key)
          return (
            <li key={key} className="lamp-mark" data-severity={lamp?.severity ?? 'info'}>
              <LampShape severity={lamp?.severity ?? 'info'} size={12} />
              <span>{lamp === undefined ? key : text(lamp.name)}</span>
            </li>
          )
        })}
    </ul>
  )
}
