import { useQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import { useSession } from '../api/session.ts'
import { WorkspaceContext } from '../api/workspace.ts'
import { Loading } from '../ui/loading.tsx'
import { TroublePanel } from '../ui/trouble-panel.tsx'
import { ConfirmDialog } from './confirm/confirm.tsx'
import { Flame } from './flame.tsx'
import { Freshness } from './freshness.tsx'
import { PersonMenu } from './person-menu.tsx'
import { StaleNotice } from './stale-notice.tsx'
import { LanguageSwitch, ThemeSwitch } from './switches.tsx'
import { WorkspaceMenu } from './workspace-menu.tsx'
import './shell.css'
import { ToastProvider } from './toasts.tsx'

/** The frame around every page: navigation, workspace, freshness of its data, language and theme. */
export function Shell() {
  const { t } = useTranslation()
  const workspace = useQuery({
    ...api.workspace.get.queryOptions(),
    refetchInterval: 60_000,
  })
  const { confirmBy, ways } = useSession()
  return (
    <ToastProvider>
      <ConfirmDialog by={confirmBy} at={ways.passkeysAt} />
      <a className="skip" href="#main">
        {t('shell.skip')}
      </a>
      <header className="shell-top">
        <Link to="/" className="shell-brand">
          <Flame />
          <span>Tomoshibi</span>
        </Link>
        <WorkspaceMenu name={workspace.data?.name} />
        <div className="shell-switches">
          <LanguageSwitch />
          <ThemeSwitch />
          <PersonMenu />
        </div>
      </header>
      <div className="shell-body">
        <div className="shell-side">
          <nav aria-label={t('shell.nav')} className="shell-nav">
            <Link to="/" activeOptions={{ exact: true, includeSearch: false }}>
              <NavIcon d="M8 1.8c.5 2.1 3.2 3.4 3.2 6.3a3.2 3.2 0 0 1-6.4 0c0-1.3.6-2.2 1.3-2.9.2.8.5 1.3 1 1.5C7 4.9 7.3 3.1 8 1.8ZM4.5 13.5h7" />
              {t('nav.today')}
            </Link>
            <Link to="/tasks" activeOptions={{ includeSearch: false }}>
              <NavIcon d="M2 4l1.3 1.3L5.6 3M2 11l1.3 1.3 2.3-2.3M8 4.5h6M8 11.5h6" />
              {t('nav.tasks')}
            </Link>
            <Link to="/accounts" activeOptions={{ includeSearch: false }}>
              <NavIcon d="M2.5 13.5v-8l5.5-3 5.5 3v8M6.5 13.5v-3.5h3v3.5M1.5 13.5h13" />
              {t('nav.accounts')}
            </Link>
            <Link to="/health" activeOptions={{ includeSearch: false }}>
              <NavIcon d="M1.5 8.5h3l1.5-4 3 7.5 1.8-3.5h3.7" />
              {t('nav.health')}
            </Link>
            <Link to="/lamps">
              <NavIcon d="M5.5 11a4 4 0 1 1 5 0v1.5h-5ZM6.5 14.5h3" />
              {t('nav.lamps')}
            </Link>
            <Link to="/playbooks" activeOptions={{ includeSearch: false }}>
              <NavIcon d="M3.5 2.5h6l3 3v8h-9ZM9.5 2.5v3h3M6 8.5h4M6 11h4" />
              {t('nav.playbooks')}
            </Link>
            <Link to="/kpis" activeOptions={{ includeSearch: false }}>
              <NavIcon d="M2 12.5 6 8l3 2.5 5-6.5M2 14.5h12" />
              {t('nav.kpis')}
            </Link>
            <Link to="/goals" activeOptions={{ includeSearch: false }}>
              <NavIcon d="M3.5 14.5v-12M3.5 3h8.5l-2 2.75 2 2.75H3.5" />
              {t('nav.goals')}
            </Link>
          </nav>
          {workspace.data !== undefined && (
            <WorkspaceContext value={workspace.data}>
              <Freshness />
            </WorkspaceContext>
          )}
        </div>
        <main id="main" tabIndex={-1} className="shell-main">
          <StaleNotice />
          {workspace.data !== undefined ? (
            <WorkspaceContext value={workspace.data}>
              <Outlet />
            </WorkspaceContext>
          ) : workspace.isLoadingError ? (
            <TroublePanel error={workspace.error} onRetry={() => void workspace.refetch()} />
          ) : (
            <Loading rows={3} height={96} />
          )}
        </main>
      </div>
    </ToastProvider>
  )
}

function NavIcon({ d }: { d: string }) {
  return (
    <svg viewBox="0 0 16 16" width="17" height="17" aria-hidden="true">
      <path
        d={d}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.3"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  )
}
