import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

/** The traps of all goals, and a way to ask the data anew. */
export function GoalChecks() {
  const { t } = useTranslation('goals')
  const text = useText()
  const format = useFormat()
  const queries = useQueryClient()
  const checks = useQuery(api.goals.check.queryOptions({ input: {} }))
  const verify = useMutation({
    mutationFn: () => client.goals.verify({}),
    onSuccess: (found) => queries.setQueryData(api.goals.check.queryKey({ input: {} }), found),
  })
  return (
    <section className="goals-section" aria-label={t('check')}>
      <h2>{t('check')}</h2>
      <p className="dim">{t('checkLead')}</p>
      <Button
        size="xs"
        variant="default"
        mb="sm"
        loading={verify.isPending}
        onClick={() => verify.mutate()}
      >
        {t('verify')}
      </Button>
      {verify.error !== null && <TroublePanel error={verify.error} />}
      {checks.isLoadingError ? (
        <TroublePanel error={checks.error} onRetry={() => void checks.refetch()} />
      ) : checks.data === undefined ? (
        <Loading rows={3} height={60} />
      ) : (
        <div className="surface">
          {checks.data.map((check) => (
            <article key={check.key} className="goal-check">
              <h3>
                {text(check.name)}{' '}
                {check.verification !== null && (
                  <span className="dim small">
                    {t('verified', { day: format.instant(check.verification.checkedAt, 'day') })}
                  </span>
                )}
              </h3>
              {check.findings.length === 0 ? (
                <p className="dim">{t('fine')}</p>
              ) : (
                <ul>
                  {check.findings.map((finding, k) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: one kind may come twice
                    <li key={`${finding.kind} ${k}`}>
                      <span className="goal-severity" data-severity={finding.severity}>
                        {t(`severity.${finding.severity}`)}
                      </span>{' '}
                      {text(finding.says)}
                      <div>
                        <strong>{t('wayOut')}</strong> {text(finding.wayOut)}
                      </div>
                    </li>
                  ))}
                </ul>
              )}
            </article>
          ))}
        </div>
      )}
    </section>
  )
}
