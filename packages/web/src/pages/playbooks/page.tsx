import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { type Playbook, playbookRunStates } from '@tomoshibi/contract/playbooks'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useMay } from '../../api/session.ts'
import { useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { Page } from '../../ui/page.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { BeginForm } from './begin-form.tsx'
import { PlaybookEditor } from './editor.tsx'
import { RunDialog } from './run-dialog.tsx'
import { Runs } from './runs.tsx'
import './playbooks.css'

const route = getRouteApi('/playbooks')

/** The playbooks with their steps in words, their runs, and a place to begin and to write them. */
export function PlaybooksPage() {
  const { t } = useTranslation('playbooks')
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/playbooks' })
  const mayRun = useMay('playbooks:run')
  const mayDefine = useMay('playbooks:define')
  const playbooks = useQuery(api.playbooks.list.queryOptions())
  return (
    <Page title={t('title')} lead={t('lead')}>
      {playbooks.isLoadingError ? (
        <TroublePanel error={playbooks.error} onRetry={() => void playbooks.refetch()} />
      ) : playbooks.data === undefined ? (
        <Loading rows={4} height={80} />
      ) : (
        <>
          {playbooks.data.length === 0 ? (
            <section className="surface empty playbook-none">
              <h2>{t('none')}</h2>
              <p className="dim">{t('noneSays')}</p>
            </section>
          ) : (
            playbooks.data.map((playbook) => (
              <PlaybookCard key={playbook.key} playbook={playbook} />
            ))
          )}
          {mayRun && playbooks.data.length > 0 && <BeginForm playbooks={playbooks.data} />}
          {playbooks.data.length > 0 && <Runs search={search} playbooks={playbooks.data} />}
          {mayDefine && <PlaybookEditor />}
        </>
      )}
      <RunDialog
        id={search.run ?? null}
        onClose={() => void navigate({ search: ({ run: _, ...rest }) => rest, replace: true })}
      />
    </Page>
  )
}

function PlaybookCard({ playbook }: { playbook: Playbook }) {
  const { t } = useTranslation('playbooks')
  const text = useText()
  const { key, name, version, begins, steps, runs } = playbook
  const counted = playbookRunStates.filter((state) => runs[state] > 0)
  return (
    <section className="surface playbook" aria-label={text(name)}>
      <h2>
        {text(name)} <span className="small dim">{t('version', { version })}</span>
      </h2>
      <p>{text(begins)}</p>
      <ol>
        {steps.map((step) => (
          <li key={step.id}>
            <code className="small">{step.id}</code> {text(step.says)}
          </li>
        ))}
      </ol>
      {counted.length > 0 && (
        <p className="small">
          {t('runs')}:{' '}
          {counted.map((state) => (
            <Link
              key={state}
              className="playbook-count"
              to="/playbooks"
              search={{ playbook: key, state }}
              resetScroll={false}
            >
              {t(`state.${state}`)} {runs[state]}
            </Link>
          ))}
        </p>
      )}
    </section>
  )
}
