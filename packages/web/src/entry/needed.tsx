import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, client } from '../api/client.ts'
import { useNewSession } from '../api/session.ts'
import { SetUpSecondFactor } from '../pages/you/second-factor-set-up.tsx'
import { EntryFrame } from './frame.tsx'

/** In place of every page for who must set a second factor up first. */
export function SecondFactorNeeded() {
  const { t } = useTranslation('people')
  const queries = useQueryClient()
  const begin = useNewSession()
  const leave = useMutation({ mutationFn: () => client.session.signOut({}), onSuccess: begin })
  return (
    <EntryFrame title={t('secondFactor.neededTitle')}>
      <p>{t('secondFactor.needed')}</p>
      <SetUpSecondFactor
        onDone={() => void queries.invalidateQueries({ queryKey: api.session.get.key() })}
      />
      <div className="entry-ways">
        <Button variant="default" size="compact-sm" onClick={() => leave.mutate()}>
          {t('menu.signOut')}
        </Button>
      </div>
    </EntryFrame>
  )
}
