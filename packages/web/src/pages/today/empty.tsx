import { Code } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useWorkspace } from '../../api/workspace.ts'
import { ImportSteps } from '../../ui/import-steps.tsx'

/** Nothing to do: because nothing is lit, because a filter hides it, or because no data is there. */
export function NothingLit({ filtered }: { filtered: boolean }) {
  const { t } = useTranslation('today')
  const { accounts, lampsEvaluatedThrough } = useWorkspace()
  const kind =
    accounts === 0
      ? 'noAccounts'
      : lampsEvaluatedThrough === null
        ? 'notEvaluated'
        : filtered
          ? 'filtered'
          : 'nothing'
  return (
    <section className="surface empty">
      <svg viewBox="0 0 48 48" width="44" height="44" aria-hidden="true">
        <path
          d="M17 40h14M24 8c1.5 6 8 9.5 8 17a8 8 0 0 1-16 0c0-7.5 6.5-11 8-17Z"
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <h2>{t(`empty.${kind}.title`)}</h2>
      <p className="dim">{t(`empty.${kind}.says`)}</p>
      {kind === 'noAccounts' && <ImportSteps />}
      {kind === 'notEvaluated' && (
        <Code block mt="sm" mx="auto">
          npx tomoshibi lamps evaluate
        </Code>
      )}
      {kind === 'nothing' && (
        <p className="small">
          <Link to="/accounts">{t('empty.toAccounts')}</Link>
          {' · '}
          <Link to="/kpis">{t('empty.toKpis')}</Link>
        </p>
      )}
      {kind === 'filtered' && (
        <p className="small">
          <Link to="/" search={{}}>
            {t('empty.clear')}
          </Link>
        </p>
      )}
    </section>
  )
}
