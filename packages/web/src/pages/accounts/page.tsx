import { Button, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useFormat } from '../../i18n/hooks.ts'
import { ImportSteps } from '../../ui/import-steps.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Page } from '../../ui/page.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { useShortcuts } from '../../ui/use-shortcuts.ts'
import './accounts.css'
import { AccountsTable } from './accounts-table.tsx'
import { afterSort, listInput, orderOf, PAGE_SIZE } from './search.ts'

const route = getRouteApi('/accounts')

/** All accounts, searched and sorted by the server, a page at a time. */
export function AccountsPage() {
  const { t } = useTranslation('accounts')
  const format = useFormat()
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/accounts' })
  const field = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState(search.q ?? '')
  const sought = useRef(search.q ?? '')
  const apply = useDebouncedCallback((q: string) => {
    sought.current = q
    void navigate({
      search: { ...search, q: q === '' ? undefined : q, page: undefined },
      replace: true,
    })
  }, 200)
  const accounts = useQuery({
    ...api.accounts.list.queryOptions({ input: listInput(search) }),
    placeholderData: keepPreviousData,
  })
  // The address changes without typing too: by going back, or by the link of the navigation.
  useEffect(() => {
    const q = search.q ?? ''
    if (q === sought.current) return
    sought.current = q
    setTyped(q)
  }, [search.q])
  useShortcuts([['/', () => field.current?.focus()]], true)

  const page = search.page ?? 1
  const total = accounts.data?.total ?? 0
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE))
  // An old link may name a page that there is no more: the last one is shown instead.
  const beyond = accounts.data !== undefined && !accounts.isPlaceholderData && page > pages
  useEffect(() => {
    if (beyond) {
      void navigate({
        search: (now) => ({ ...now, page: pages === 1 ? undefined : pages }),
        replace: true,
      })
    }
  }, [beyond, pages, navigate])
  return (
    <Page
      title={t('title')}
      lead={
        <output aria-live="polite">
          {accounts.data && t('total', { count: total, shown: format.number(total) })}
        </output>
      }
      actions={
        <TextInput
          ref={field}
          type="search"
          size="sm"
          w={300}
          maw="100%"
          aria-label={t('search.label')}
          placeholder={t('search.placeholder')}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
            apply(event.currentTarget.value)
          }}
        />
      }
    >
      {accounts.isLoadingError ? (
        <TroublePanel error={accounts.error} onRetry={() => void accounts.refetch()} />
      ) : accounts.data === undefined ? (
        <Loading rows={12} height={34} />
      ) : total === 0 ? (
        <section className="surface empty">
          <h2>{search.q === undefined ? t('none.title') : t('none.found', { q: search.q })}</h2>
          <p className="dim">{search.q === undefined ? t('none.says') : t('none.try')}</p>
          {search.q === undefined && <ImportSteps />}
        </section>
      ) : (
        <>
          <AccountsTable
            rows={accounts.data.rows}
            order={orderOf(search)}
            stale={accounts.isPlaceholderData}
            onSort={(key) => void navigate({ search: afterSort(search, key), replace: true })}
          />
          {pages > 1 && (
            <nav className="pager" aria-label={t('pages.label')}>
              <PageLink page={page - 1} disabled={page <= 1} label={t('pages.previous')} />
              <span className="num">
                {t('pages.range', {
                  from: format.number((page - 1) * PAGE_SIZE + 1),
                  to: format.number(Math.min(page * PAGE_SIZE, total)),
                  total: format.number(total),
                })}
              </span>
              <PageLink page={page + 1} disabled={page >= pages} label={t('pages.next')} />
            </nav>
          )}
        </>
      )}
    </Page>
  )
}

function PageLink({ page, disabled, label }: { page: number; disabled: boolean; label: string }) {
  const search = route.useSearch()
  if (disabled) {
    return (
      <Button size="xs" variant="default" disabled>
        {label}
      </Button>
    )
  }
  return (
    <Button
      size="xs"
      variant="default"
      renderRoot={(props) => (
        <Link
          {...props}
          to="/accounts"
          search={{ ...search, page: page === 1 ? undefined : page }}
        />
      )}
    >
      {label}
    </Button>
  )
}
