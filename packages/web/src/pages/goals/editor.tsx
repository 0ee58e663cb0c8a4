import { Button, Group, NativeSelect, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Goal } from '@tomoshibi/contract/goals'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useWorkspace } from '../../api/workspace.ts'
import { useToasts } from '../../app/toasts.tsx'
import { addDays } from '../../format/calendar.ts'
import { useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

/** What somebody who writes their first goal begins with. */
const template = (today: string) => `key: my_goal
name: { en: My goal, ja: 目標 }
metric: nrr
owner: ""
from: ${addDays(today, 1)}
due: ${addDays(today, 365)}
# baseline: 1.00   # left out: as measured the day before it begins
target: 1.05
# parent: the_goal_that_it_serves
# why: { en: How it serves it, ja: どう役立つか }
# tell: [somebody@example.com]
`

/** Writes one goal as YAML. @param from key of the one to begin with */
export function GoalEditor({ from, goals }: { from: string; goals: readonly Goal[] }) {
  const { t } = useTranslation('goals')
  const text = useText()
  const navigate = useNavigate({ from: '/goals' })
  const { today } = useWorkspace()
  const files = useQuery({
    ...api.goals.export.queryOptions({ input: { key: from } }),
    enabled: from !== 'new',
  })
  return (
    <section className="goals-section" aria-label={t('edit')}>
      <h2>{t('edit')}</h2>
      <p className="dim">{t('editSays')}</p>
      <NativeSelect
        size="xs"
        maw={360}
        mb="sm"
        label={t('which')}
        value={from}
        onChange={(event) => {
          const edit = event.currentTarget.value
          void navigate({ search: edit === 'new' ? {} : { edit }, resetScroll: false })
        }}
        data={[
          { value: 'new', label: t('new') },
          ...goals.map(({ key, name }) => ({ value: key, label: `${text(name)} (${key})` })),
        ]}
      />
      {files.isLoadingError ? (
        <TroublePanel error={files.error} />
      ) : from !== 'new' && files.data === undefined ? (
        <Loading rows={3} height={60} />
      ) : (
        <EditorForm from={from} first={files.data?.[0]?.yaml ?? template(today)} />
      )}
    </section>
  )
}

function EditorForm({ from, first }: { from: string; first: string }) {
  const { t } = useTranslation('goals')
  const text = useText()
  const toasts = useToasts()
  const queries = useQueryClient()
  const [yaml, setYaml] = useState(first)
  const done = async (message: string) => {
    toasts.show({ tone: 'done', text: message })
    await queries.invalidateQueries({ queryKey: api.goals.key() })
  }
  const save = useMutation({
    mutationFn: () => client.goals.apply({ files: [{ name: 'goal.yaml', yaml }], dryRun: false }),
    onSuccess: ({ goals: [goal] }) =>
      done(
        goal === undefined || goal.change === 'unchanged'
          ? t('unchanged')
          : t('saved', { name: text(goal.name), version: goal.version }),
      ),
  })
  const retire = useMutation({
    mutationFn: () => client.goals.retire({ key: from }),
    onSuccess: ({ key }) => done(t('retired', { key })),
  })
  const error = save.error ?? retire.error
  return (
    <div className="surface goal-edit">
      <Textarea
        label={t('yaml')}
        value={yaml}
        onChange={(event) => setYaml(event.currentTarget.value)}
        autosize
        minRows={10}
        maxRows={30}
        spellCheck={false}
      />
      <Group mt="sm" gap="xs">
        <Button loading={save.isPending} onClick={() => save.mutate()}>
          {t('save')}
        </Button>
        {from !== 'new' && (
          <Button
            variant="subtle"
            color="red"
            loading={retire.isPending}
            onClick={() => retire.mutate()}
          >
            {t('retire')}
          </Button>
        )}
      </Group>
      {error !== null && <TroublePanel error={error} />}
    </div>
  )
}
