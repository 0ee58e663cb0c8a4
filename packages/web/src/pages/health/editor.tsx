import { Button, Checkbox, Group, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useToasts } from '../../app/toasts.tsx'
import { useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { PreviewPanel } from './preview-panel.tsx'

const route = getRouteApi('/health')

/** What somebody who writes their first scorecard begins with. */
const template = `key: my_scorecard
name: { en: My scorecard, ja: 独自のスコアカード }
order: 100
# when: 'plan == "enterprise"'
measures:
  - metric: licence_utilisation
    weight: 2
    curve:
      - { at: 0, score: 0 }
      - { at: 0.8, score: 100 }
  - metric: silent_days
    weight: 1
    scores:
      - { below: 30, score: 100 }
      - { below: 60, score: 50 }
      - { score: 0 }
  - pulse: { expiresAfterDays: 60 }
    weight: 1
`

/** Writes one scorecard as YAML: preview first, then save. @param from key of the one to begin with */
export function ScorecardEditor({ from }: { from: string }) {
  const { t } = useTranslation('health')
  const files = useQuery({
    ...api.health.export.queryOptions({ input: { key: from } }),
    enabled: from !== 'new',
  })
  if (files.isLoadingError) return <TroublePanel error={files.error} />
  if (from !== 'new' && files.data === undefined) return <Loading rows={4} height={60} />
  return (
    <section className="health-section" aria-label={t('edit.title')}>
      <h2>{t('edit.title')}</h2>
      <p className="dim">{t('edit.says')}</p>
      <EditorForm from={from} first={files.data?.[0]?.yaml ?? template} />
    </section>
  )
}

function EditorForm({ from, first }: { from: string; first: string }) {
  const { t } = useTranslation('health')
  const text = useText()
  const toasts = useToasts()
  const queries = useQueryClient()
  const navigate = useNavigate({ from: '/health' })
  const search = route.useSearch()
  const [yaml, setYaml] = useState(first)
  const [history, setHistory] = useState(false)
  const files = [{ name: 'scorecard.yaml', yaml }]
  const preview = useMutation({
    mutationFn: () => client.health.preview({ files, history }),
  })
  const done = async (message: string) => {
    toasts.show({ tone: 'done', text: message })
    await Promise.all([
      queries.invalidateQueries({ queryKey: api.health.key() }),
      queries.invalidateQueries({ queryKey: api.metrics.key() }),
    ])
    void navigate({ search: { ...search, edit: undefined }, resetScroll: false })
  }
  const save = useMutation({
    mutationFn: () => client.health.apply({ files, dryRun: false }),
    onSuccess: ({ scorecards: [card] }) =>
      done(
        card === undefined || card.change === 'unchanged'
          ? t('edit.unchanged')
          : t('edit.saved', { name: text(card.name), version: card.version }),
      ),
  })
  const retire = useMutation({
    mutationFn: () => client.health.retire({ key: from }),
    onSuccess: ({ key }) => done(t('edit.retired', { key })),
  })
  const error = save.error ?? preview.error ?? retire.error
  return (
    <div className="surface health-edit">
      <Textarea
        label={t('edit.yaml')}
        value={yaml}
        onChange={(event) => {
          setYaml(event.currentTarget.value)
          preview.reset()
          save.reset()
        }}
        autosize
        minRows={12}
        maxRows={32}
        spellCheck={false}
      />
      <Checkbox
        mt="sm"
        label={t('edit.history')}
        checked={history}
        onChange={(event) => setHistory(event.currentTarget.checked)}
      />
      <Group mt="sm" gap="xs">
        <Button variant="default" loading={preview.isPending} onClick={() => preview.mutate()}>
          {t('edit.preview')}
        </Button>
        <Button
          disabled={preview.data === undefined}
          loading={save.isPending}
          onClick={() => save.mutate()}
        >
          {t('edit.save')}
        </Button>
        {from !== 'new' && (
          <Button
            variant="subtle"
            color="red"
            loading={retire.isPending}
            onClick={() => retire.mutate()}
          >
            {t('edit.retire')}
          </Button>
        )}
      </Group>
      {error !== null && <TroublePanel error={error} />}
      {preview.data !== undefined && <PreviewPanel preview={preview.data} />}
    </div>
  )
}
