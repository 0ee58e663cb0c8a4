import { Button, Checkbox } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Receipt } from '@tomoshibi/contract/personal-data'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client.ts'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

/** Erases what was found, once whoever asks says that they have looked at it. */
export function EraseForm({
  whom,
  fingerprint,
  onDone,
}: {
  whom: { readonly email?: string; readonly userId?: string; readonly accountId?: string }
  fingerprint: string
  onDone: (receipt: Receipt) => void
}) {
  const { t } = useTranslation('personal')
  const queries = useQueryClient()
  const [hasLooked, setHasLooked] = useState(false)
  const erase = useMutation({
    mutationFn: () => client.personalData.erase({ ...whom, fingerprint }),
    onSuccess: (receipt) => {
      onDone(receipt)
      // Names that other pages remember are gone as well.
      void queries.invalidateQueries()
    },
  })
  return (
    <section className="surface you-part" aria-label={t('erase.title')}>
      <h2>{t('erase.title')}</h2>
      <p className="dim">{t('erase.says')}</p>
      <Checkbox
        mt="sm"
        label={t('erase.check')}
        checked={hasLooked}
        onChange={(event) => setHasLooked(event.currentTarget.checked)}
      />
      {erase.isError && <TroublePanel error={erase.error} />}
      <Button
        mt="sm"
        color="red"
        disabled={!hasLooked}
        loading={erase.isPending}
        onClick={() => erase.mutate()}
      >
        {t('erase.submit')}
      </Button>
    </section>
  )
}
