import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { SessionState } from '@tomoshibi/contract/people'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { passkeyPlace } from '../api/passkeys.ts'
import { useNewSession } from '../api/session.ts'
import { ConfirmDialog } from '../app/confirm/confirm.tsx'
import { AddPasskey } from '../pages/you/passkeys.tsx'
import { SetUpSecondFactor } from '../pages/you/second-factor-set-up.tsx'
import { EntryFrame } from './frame.tsx'

/** In place of every page for who must set codes of an app or a passkey up first. */
export function SecondFactorNeeded({ ways, confirmBy }: Pick<SessionState, 'ways' | 'confirmBy'>) {
  const { t } = useTranslation('people')
  const queries = useQueryClient()
  const begin = useNewSession()
  const done = () => void queries.invalidateQueries({ queryKey: api.session.get.key() })
  const leave = useMutation({ mutationFn: () => client.session.signOut({}), onSuccess: begin })
  return (
    <EntryFrame title={t('secondFactor.neededTitle')}>
      <ConfirmDialog by={confirmBy} at={ways.passkeysAt} />
      <p>{t('secondFactor.needed')}</p>
      {passkeyPlace(ways.passkeysAt) === 'here' && (
        <section aria-label={t('passkeys.title')}>
          <h2>{t('passkeys.title')}</h2>
          <p className="dim">{t('passkeys.says')}</p>
          <AddPasskey onDone={done} />
        </section>
      )}
      <section aria-label={t('secondFactor.title')}>
        <h2>{t('secondFactor.title')}</h2>
        <p className="dim">{t('secondFactor.says')}</p>
        <SetUpSecondFactor onDone={done} />
      </section>
      <div className="entry-ways">
        <Button variant="default" size="compact-sm" onClick={() => leave.mutate()}>
          {t('menu.signOut')}
        </Button>
      </div>
    </EntryFrame>
  )
}
