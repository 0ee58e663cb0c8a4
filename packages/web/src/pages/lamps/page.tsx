import { Button, Group, NativeSelect, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { LampTemplateView } from '@tomoshibi/contract/light'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useToasts } from '../../app/toasts.tsx'
import { useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { Page } from '../../ui/page.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import '../goals/goals.css'
import { LampLoad } from './load.tsx'
import { LampPreviewPanel } from './preview-panel.tsx'

/** The lamps that there are with their evidence, and a place to add one after a look at what it would do. */
export function LampsPage() {
  const { t } = useTranslation('lamps')
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Lamps />
      <LampLoad />
      <section className="goals-section" aria-label={t('edit')}>
        <h2>{t('edit')}</h2>
        <p className="dim">{t('editSays')}</p>
        <Editor />
      </section>
    </Page>
  )
}

function Lamps() {
  const { t } = useTranslation('lamps')
  const text = useText()
  const definitions = useQuery(api.lamps.definitions.queryOptions())
  const evidence = useQuery(api.evidence.lamps.queryOptions())
  if (definitions.isLoadingError) {
    return <TroublePanel error={definitions.error} onRetry={() => void definitions.refetch()} />
  }
  if (definitions.data === undefined) return <Loading rows={6} height={40} />
  const told = new Map((evidence.data ?? []).map((each) => [each.lamp, each.says]))
  return (
    <section aria-label={t('there')}>
      <div className="surface scroll-x">
        <table className="data">
          <thead>
            <tr>
              <th scope="col">{t('column.lamp')}</th>
              <th scope="col">{t('column.says')}</th>
              <th scope="col">{t('column.evidence')}</th>
            </tr>
          </thead>
          <tbody>
            {definitions.data.map((lamp) => {
              const says = told.get(lamp.key)
              return (
                <tr key={lamp.key}>
                  <th scope="row">{text(lamp.name)}</th>
                  <td>
                    {text(lamp.says)}
                    {lamp.escalates !== null && (
                      <div className="small dim">{text(lamp.escalates)}</div>
                    )}
                  </td>
                  <td className="small">{says === undefined ? '–' : text(says)}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </section>
  )
}

const own = `key: my_lamp
version: 1
name: { en: My lamp, ja: 独自のランプ }
condition: mrr > 0 && silent_days >= 45
severity: warning
task:
  title: { en: What to do, ja: やること }
  body: { en: How to do it, ja: 進め方 }
  owner: account_owner
  dueDays: 5
`

function Editor() {
  const templates = useQuery(api.lamps.templates.queryOptions())
  if (templates.isLoadingError) {
    return <TroublePanel error={templates.error} onRetry={() => void templates.refetch()} />
  }
  if (templates.data === undefined) return <Loading rows={4} height={60} />
  return <EditorForm templates={templates.data} />
}

function EditorForm({ templates }: { templates: readonly LampTemplateView[] }) {
  const { t } = useTranslation('lamps')
  const text = useText()
  const toasts = useToasts()
  const queries = useQueryClient()
  const [from, setFrom] = useState('')
  const [yaml, setYaml] = useState(own)
  const preview = useMutation({ mutationFn: () => client.lamps.preview({ yaml }) })
  const define = useMutation({
    mutationFn: () => client.lamps.define({ yaml }),
    onSuccess: async (lamp) => {
      toasts.show({ tone: 'done', text: t('defined', { name: text(lamp.name) }) })
      await queries.invalidateQueries({ queryKey: api.lamps.key() })
    },
  })
  const chosen = templates.find(({ key }) => key === from)
  const error = define.error ?? preview.error
  const change = (next: string) => {
    setYaml(next)
    preview.reset()
    define.reset()
  }
  return (
    <div className="surface goal-edit">
      <NativeSelect
        size="xs"
        maw={420}
        mb="sm"
        label={t('from')}
        value={from}
        onChange={(event) => {
          const key = event.currentTarget.value
          setFrom(key)
          change(templates.find((template) => template.key === key)?.yaml ?? own)
        }}
        data={[
          { value: '', label: t('blank') },
          ...templates.map(({ key, kind, name }) => ({
            value: key,
            label: `${t(`kind.${kind}`)}: ${text(name)}`,
          })),
        ]}
      />
      {chosen !== undefined && chosen.thresholds.length > 0 && (
        <ul className="small dim">
          {chosen.thresholds.map((threshold) => (
            <li key={threshold.name}>
              {threshold.metric}: {text(threshold.says)}
            </li>
          ))}
        </ul>
      )}
      <Textarea
        label={t('yaml')}
        value={yaml}
        onChange={(event) => change(event.currentTarget.value)}
        autosize
        minRows={12}
        maxRows={32}
        spellCheck={false}
      />
      <Group mt="sm" gap="xs">
        <Button variant="default" loading={preview.isPending} onClick={() => preview.mutate()}>
          {t('preview')}
        </Button>
        <Button
          disabled={preview.data === undefined}
          loading={define.isPending}
          onClick={() => define.mutate()}
        >
          {t('define')}
        </Button>
      </Group>
      {error !== null && <TroublePanel error={error} />}
      {preview.data !== undefined && <LampPreviewPanel preview={preview.data} />}
    </div>
  )
}
