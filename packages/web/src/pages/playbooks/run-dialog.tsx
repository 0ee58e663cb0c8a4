import { Button, Group, Modal } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { PlaybookRun, PlaybookRunState } from '@tomoshibi/contract/playbooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useMay } from '../../api/session.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

/** One run, step by step, and what can be done to it. */
export function RunDialog({ id, onClose }: { id: string | null; onClose: () => void }) {
  const { t } = useTranslation('playbooks')
  return (
    <Modal
      opened={id !== null}
      onClose={onClose}
      title={t('run')}
      size="xl"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {id !== null && <RunDetails id={id} />}
    </Modal>
  )
}

function RunDetails({ id }: { id: string }) {
  const { t } = useTranslation('playbooks')
  const text = useText()
  const format = useFormat()
  const found = useQuery({
    ...api.playbooks.run.queryOptions({ input: { id } }),
    // The server goes on with it by itself, every few seconds.
    refetchInterval: ({ state }) => (state.data?.run.state === 'running' ? 5_000 : false),
  })
  if (found.isLoadingError) {
    return <TroublePanel error={found.error} onRetry={() => void found.refetch()} />
  }
  if (found.data === undefined) return <Loading rows={4} height={36} />
  const { run, steps } = found.data
  return (
    <>
      <p className="playbook-run">
        <Link to="/accounts/$accountId" params={{ accountId: run.account }}>
          {run.accountName}
        </Link>{' '}
        · {text(run.name)} · {text(run.says)}
      </p>
      {run.problem !== null && <p role="alert">{text(run.problem)}</p>}
      <div className="scroll-x">
        <table className="data">
          <caption className="hidden">{t('steps')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('column.step')}</th>
              <th scope="col">{t('column.became')}</th>
              <th scope="col">{t('column.at')}</th>
            </tr>
          </thead>
          <tbody>
            {steps.map((step) => (
              <tr key={step.id} aria-current={run.step === step.id ? 'step' : undefined}>
                <th scope="row">
                  <code className="small">{step.id}</code> {text(step.says)}
                  {run.step === step.id && <span className="tag">{t('next')}</span>}
                </th>
                <td>{step.became === null ? '–' : text(step.became)}</td>
                <td className="num-start">{step.at === null ? '–' : format.instant(step.at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Moves run={run} />
    </>
  )
}

type Move = 'pause' | 'resume' | 'retry' | 'cancel'

const moves: Readonly<Partial<Record<PlaybookRunState, readonly Move[]>>> = {
  running: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  failed: ['retry', 'cancel'],
}

function Moves({ run }: { run: PlaybookRun }) {
  const { t } = useTranslation('playbooks')
  const queries = useQueryClient()
  const mayRun = useMay('playbooks:run')
  const [isSure, setSure] = useState(false)
  const move = useMutation({
    mutationFn: (how: Move) => client.playbooks[how]({ id: run.id }),
    onSettled: () => queries.invalidateQueries({ queryKey: api.playbooks.key() }),
  })
  const possible = moves[run.state] ?? []
  if (!mayRun || possible.length === 0) return null
  // A run that is cancelled cannot be taken up again, so that it is asked for twice.
  const act = (how: Move) => {
    const isAsked = how === 'cancel' && !isSure
    setSure(isAsked)
    if (!isAsked) move.mutate(how)
  }
  return (
    <>
      <Group mt="md" gap="xs">
        {possible.map((how) => (
          <Button
            key={how}
            size="xs"
            variant="default"
            loading={move.isPending && move.variables === how}
            onClick={() => act(how)}
          >
            {how === 'cancel' && isSure ? t('move.sure') : t(`move.${how}`)}
          </Button>
        ))}
      </Group>
      {move.isError && <TroublePanel error={move.error} />}
    </>
  )
}
