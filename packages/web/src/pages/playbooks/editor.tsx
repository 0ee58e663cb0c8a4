import { Button, Group, Select, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { PlaybookPreview } from '@tomoshibi/contract/playbooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccountNames } from '../../api/accounts.ts'
import { api, client } from '../../api/client.ts'
import { useToasts } from '../../app/toasts.tsx'
import { useText } from '../../i18n/hooks.ts'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

const blank = `key: my_playbook
version: 1
name: { en: My playbook, ja: 独自のプレイブック }
begin: by_hand
steps:
  - id: call
    task:
      title: { en: "Call {account_name}", ja: "{account_name}に電話する" }
      body: { en: How to do it, ja: 進め方 }
      dueDays: 2
  - id: pause
    wait: { businessDays: 3 }
`

/** Writes a playbook, looks at it on a real account, and defines it. */
export function PlaybookEditor() {
  const { t } = useTranslation('playbooks')
  const text = useText()
  const toasts = useToasts()
  const queries = useQueryClient()
  const names = useAccountNames()
  const [yaml, setYaml] = useState(blank)
  const [account, setAccount] = useState<string | null>(null)
  const preview = useMutation({
    mutationFn: (of: string) => client.playbooks.preview({ account: of, yaml }),
  })
  const define = useMutation({
    mutationFn: () => client.playbooks.define({ yaml }),
    onSuccess: ({ name, version }) => {
      toasts.show({ tone: 'done', text: t('edit.defined', { name: text(name), version }) })
      return queries.invalidateQueries({ queryKey: api.playbooks.key() })
    },
  })
  const error = define.error ?? preview.error
  return (
    <section className="surface playbook" aria-label={t('edit.title')}>
      <h2>{t('edit.title')}</h2>
      <p className="dim">{t('edit.says')}</p>
      <Textarea
        mt="xs"
        label={t('edit.yaml')}
        value={yaml}
        autosize
        minRows={12}
        maxRows={32}
        spellCheck={false}
        onChange={(event) => {
          setYaml(event.currentTarget.value)
          preview.reset()
          define.reset()
        }}
      />
      <Group mt="sm" gap="xs" align="flex-end">
        <Select
          size="xs"
          label={t('edit.on')}
          data={[...names].map(([value, label]) => ({ value, label }))}
          placeholder={t('choose')}
          value={account}
          searchable
          limit={50}
          onChange={setAccount}
        />
        <Button
          size="xs"
          variant="default"
          disabled={account === null}
          loading={preview.isPending}
          onClick={() => {
            if (account !== null) preview.mutate(account)
          }}
        >
          {t('edit.preview')}
        </Button>
        <Button size="xs" loading={define.isPending} onClick={() => define.mutate()}>
          {t('edit.define')}
        </Button>
      </Group>
      {error !== null && <TroublePanel error={error} />}
      {preview.data !== undefined && <Preview preview={preview.data} />}
    </section>
  )
}

function Preview({ preview: { begins, heldOut, steps } }: { preview: PlaybookPreview }) {
  const { t } = useTranslation('playbooks')
  const text = useText()
  return (
    <div className="playbook-preview" aria-live="polite">
      <p>{text(begins)}</p>
      {heldOut && <p>{t('edit.heldOut')}</p>}
      <ol>
        {steps.map((step) => (
          <li key={step.id}>
            <code className="small">{step.id}</code> {text(step.says)}
            {step.to !== null && <div className="small">{t('edit.to', { to: step.to })}</div>}
            {step.title !== null && <div className="playbook-text">{text(step.title)}</div>}
            {step.body !== null && <div className="playbook-text small">{text(step.body)}</div>}
            {step.problem !== null && <div className="small">⚠ {text(step.problem)}</div>}
          </li>
        ))}
      </ol>
    </div>
  )
}
