import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

const route = getRouteApi('/health')

/** The scorecards in force, in their order, with what each looks at. */
export function Scorecards() {
  const { t } = useTranslation('health')
  const text = useText()
  const format = useFormat()
  const search = route.useSearch()
  const cards = useQuery(api.health.scorecards.queryOptions())
  if (cards.isLoadingError) {
    return <TroublePanel error={cards.error} onRetry={() => void cards.refetch()} />
  }
  if (cards.data === undefined) return <Loading rows={2} height={80} />
  return (
    <>
      <div className="surface">
        {cards.data.map((card) => (
          <article key={card.key} className="health-card">
            <h3>
              {text(card.name)}{' '}
              <span className="dim small">
                {t('scorecards.who', { who: text(card.says) })}
                {' · '}
                {card.builtIn
                  ? t('scorecards.builtIn')
                  : t('scorecards.version', { version: card.version })}
                {' · '}
                <Link to="/health" search={{ ...search, edit: card.key }} resetScroll={false}>
                  {t('scorecards.edit')}
                </Link>
              </span>
            </h3>
            {card.problems.length > 0 && (
              <p role="alert">
                {t('scorecards.problem')} {card.problems.map(text).join(' ')}
              </p>
            )}
            <ul>
              {card.measures.map((measure) => (
                <li key={measure.key}>
                  <span className="num">{format.percent(measure.share, 0)}</span>{' '}
                  {[...measure.groups, measure.name].map(text).join(' › ')}
                </li>
              ))}
            </ul>
          </article>
        ))}
      </div>
      <Button
        mt="sm"
        size="xs"
        variant="default"
        renderRoot={(props) => (
          <Link {...props} to="/health" search={{ ...search, edit: 'new' }} resetScroll={false} />
        )}
      >
        {t('edit.new')}
      </Button>
    </>
  )
}
