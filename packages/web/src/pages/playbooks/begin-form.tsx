import { Button, NativeSelect, Select } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Playbook } from '@tomoshibi/contract/playbooks'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccountNames } from '../../api/accounts.ts'
import { api, client } from '../../api/client.ts'
import { useToasts } from '../../app/toasts.tsx'
import { useText } from '../../i18n/hooks.ts'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

/** Begins a playbook on an account by hand. */
export function BeginForm({ playbooks }: { playbooks: readonly Playbook[] }) {
  const { t } = useTranslation('playbooks')
  const text = useText()
  const toasts = useToasts()
  const queries = useQueryClient()
  const names = useAccountNames()
  const [chosen, setChosen] = useState('')
  const [account, setAccount] = useState<string | null>(null)
  const key = chosen === '' ? (playbooks[0]?.key ?? '') : chosen
  const begin = useMutation({
    mutationFn: (of: string) => client.playbooks.begin({ playbook: key, account: of }),
    onSuccess: (run) => {
      const said = { name: text(run.name), account: run.accountName }
      toasts.show({
        tone: 'done',
        text: t(run.state === 'held_out' ? 'begin.heldOut' : 'begin.done', said),
      })
      return queries.invalidateQueries({ queryKey: api.playbooks.key() })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (account !== null) begin.mutate(account)
  }
  return (
    <section className="surface playbook" aria-label={t('begin.title')}>
      <h2>{t('begin.title')}</h2>
      <form className="playbook-form" onSubmit={submit}>
        <NativeSelect
          size="xs"
          label={t('playbook')}
          value={key}
          data={playbooks.map((each) => ({ value: each.key, label: text(each.name) }))}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
        <Select
          size="xs"
          label={t('account')}
          data={[...names].map(([value, label]) => ({ value, label }))}
          placeholder={t('choose')}
          value={account}
          searchable
          limit={50}
          onChange={setAccount}
        />
        <Button type="submit" size="xs" disabled={account === null} loading={begin.isPending}>
          {t('begin.submit')}
        </Button>
      </form>
      {begin.isError && <TroublePanel error={begin.error} />}
    </section>
  )
}
