import { useQuery } from '@tanstack/react-query'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { chooseWorkspace, chosenWorkspace } from '../api/chosen-workspace.ts'
import { api } from '../api/client.ts'
import { troubleOf } from '../api/problem.ts'
import { SessionContext } from '../api/session.ts'
import { EntryFrame } from '../entry/frame.tsx'
import { SecondFactorNeeded } from '../entry/needed.tsx'
import { SecondStep } from '../entry/second-step.tsx'
import { NoOwner, SignIn } from '../entry/sign-in.tsx'
import { Loading } from '../ui/loading.tsx'
import { TroublePanel } from '../ui/trouble-panel.tsx'
import { Shell } from './shell.tsx'

/** Pages that a link of ours opens, whoever is signed in or not. */
const entryPaths = ['/set-up', '/join', '/new-password'] as const
const isEntry = (path: string) =>
  entryPaths.some((one) => one === path) || path.startsWith('/single-sign-on/')

/**
 * Decides what is drawn: the page of a link, the sign-in in place of whatever was asked for, or the shell
 * with the page in it. Nobody is sent to another address to sign in, so no address says where to go after.
 */
export function Root() {
  const { t } = useTranslation()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const session = useQuery({ ...api.session.get.queryOptions(), refetchInterval: 5 * 60_000 })
  if (isEntry(path)) return <Outlet />
  if (session.isLoadingError) {
    // They were taken out of the workspace that they had chosen, or somebody else signed in.
    if (chosenWorkspace() !== null && troubleOf(session.error).code === 'WORKSPACE_NOT_FOUND') {
      chooseWorkspace(null)
      return <Loading rows={3} height={96} />
    }
    return (
      <EntryFrame title={t('trouble.title')}>
        <TroublePanel error={session.error} onRetry={() => void session.refetch()} />
      </EntryFrame>
    )
  }
  if (session.data === undefined) return <Loading rows={3} height={96} />
  if (session.data.state === 'no_owner') return <NoOwner />
  if (session.data.state === 'signed_out') return <SignIn ways={session.data.ways} />
  if (session.data.state === 'second_step') return <SecondStep {...session.data} />
  if (session.data.needs === 'second_factor') return <SecondFactorNeeded {...session.data} />
  return (
    <SessionContext value={session.data}>
      <Shell />
    </SessionContext>
  )
}
