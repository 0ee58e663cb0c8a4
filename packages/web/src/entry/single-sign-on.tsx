import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useParams, useRouter } from '@tanstack/react-router'
import type { SessionState } from '@tomoshibi/contract/people'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { useNewSession } from '../api/session.ts'
import { useLanguage } from '../i18n/hooks.ts'
import { Loading } from '../ui/loading.tsx'
import { TroublePanel } from '../ui/trouble-panel.tsx'
import { EntryFrame } from './frame.tsx'

/** The page as it is, to come back to. */
const here = (): string =>
  `${window.location.pathname}${window.location.search}${window.location.hash}`

/** Goes to a provider; the page is left where that works. */
export function useLeave(begin: (to: Departure) => Promise<{ uri: string }>, returnTo = here) {
  const language = useLanguage()
  return useMutation({
    mutationFn: (provider: string) => begin({ provider, returnTo: returnTo(), language }),
    onSuccess: ({ uri }) => window.location.assign(uri),
  })
}

interface Departure {
  readonly provider: string
  readonly returnTo: string
  readonly language: 'ja' | 'en'
}

/** A button for each provider with which people sign in; nothing where there is none. */
export function SignInWith({
  providers,
  returnTo,
}: {
  providers: SessionState['ways']['providers']
  /** Where to come back to; where the page is without it. */
  returnTo?: string
}) {
  const { t } = useTranslation('sso')
  const leave = useLeave(
    (to) => client.singleSignOn.begin(to),
    () => returnTo ?? here(),
  )
  if (providers.length === 0) return null
  return (
    <div className="entry-providers">
      {providers.map(({ id, name }) => (
        <Button
          key={id}
          variant="default"
          loading={leave.isPending && leave.variables === id}
          disabled={leave.isPending}
          onClick={() => leave.mutate(id)}
        >
          {t('with', { name })}
        </Button>
      ))}
      {leave.isError && <TroublePanel error={leave.error} />}
    </div>
  )
}

/** To which a provider sends the browser back: hands its answer over, and goes on to where the person was. */
export function SingleSignOnPage() {
  const { t } = useTranslation('sso')
  const queries = useQueryClient()
  const begin = useNewSession()
  const { history } = useRouter()
  const { provider = '' } = useParams({ strict: false })
  const [response] = useState(() => window.location.search)
  const finish = useMutation({
    mutationFn: () => client.singleSignOn.finish({ provider, response }),
    onSuccess: ({ returnTo, did, became: _, ...state }) => {
      if (did === 'signed_in') begin(state)
      else queries.setQueryData(api.session.get.queryKey(), state)
      history.replace(returnTo)
    },
  })
  // Once, however often the page is drawn: an answer is good once.
  const isSent = useRef(false)
  const { mutate } = finish
  useEffect(() => {
    if (isSent.current) return
    isSent.current = true
    mutate()
  }, [mutate])
  if (!finish.isError) {
    return (
      <EntryFrame title={t('going')}>
        <Loading rows={2} height={40} />
      </EntryFrame>
    )
  }
  return (
    <EntryFrame title={t('refused')}>
      <TroublePanel error={finish.error} />
      <div className="entry-ways">
        <Button onClick={() => history.replace('/')}>{t('back')}</Button>
      </div>
    </EntryFrame>
  )
}
