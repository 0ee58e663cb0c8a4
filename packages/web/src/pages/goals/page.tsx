import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { Goal } from '@tomoshibi/contract/goals'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { NoValue } from '../../ui/no-value.tsx'
import { Page } from '../../ui/page.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import { GoalChecks } from './checks.tsx'
import { GoalEditor } from './editor.tsx'
import { GoalNotices } from './notices.tsx'
import './goals.css'

const route = getRouteApi('/goals')

/** The tree of goals with how each stands, the KPI check, and a place to write goals. */
export function GoalsPage() {
  const { t } = useTranslation('goals')
  const { edit } = route.useSearch()
  const goals = useQuery(api.goals.list.queryOptions({ input: {} }))
  return (
    <Page title={t('title')} lead={t('lead')}>
      {goals.isLoadingError ? (
        <TroublePanel error={goals.error} onRetry={() => void goals.refetch()} />
      ) : goals.data === undefined ? (
        <Loading rows={5} height={40} />
      ) : goals.data.length === 0 ? (
        <section className="surface empty">
          <h2>{t('none')}</h2>
          <p className="dim">{t('noneSays')}</p>
        </section>
      ) : (
        <>
          <Tree goals={goals.data} />
          <GoalNotices />
          <GoalChecks />
        </>
      )}
      {goals.data !== undefined && (
        <GoalEditor key={edit ?? 'new'} from={edit ?? 'new'} goals={goals.data} />
      )}
    </Page>
  )
}

function Tree({ goals }: { goals: readonly Goal[] }) {
  const { t } = useTranslation('goals')
  return (
    <section aria-label={t('tree')}>
      <div className="surface scroll-x">
        <table className="data">
          <thead>
            <tr>
              <th scope="col">{t('column.goal')}</th>
              <th scope="col">{t('column.owner')}</th>
              <th scope="col" className="num">
                {t('column.value')}
              </th>
              <th scope="col" className="num">
                {t('column.target')}
              </th>
              <th scope="col" className="num">
                {t('column.attainment')}
              </th>
              <th scope="col" className="num">
                {t('column.expected')}
              </th>
              <th scope="col" className="num">
                {t('column.forecast')}
              </th>
              <th scope="col">{t('column.due')}</th>
              <th scope="col">{t('column.state')}</th>
            </tr>
          </thead>
          <tbody>
            {goals.map((goal) => (
              <Row key={goal.key} goal={goal} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Row({ goal }: { goal: Goal }) {
  const { t } = useTranslation('goals')
  const text = useText()
  const format = useFormat()
  const shown = (value: number) => format.unit(value, goal.unit, goal.currency)
  const { value, attainment, expectedAttainment, forecast } = goal
  return (
    <tr>
      <th scope="row" style={{ paddingInlineStart: `${0.75 + goal.depth * 1.25}rem` }}>
        <Link to="/goals" search={{ edit: goal.key }} resetScroll={false}>
          {text(goal.name)}
        </Link>
        <div className="dim small">{text(goal.says)}</div>
        {goal.offCourse && <div className="small">{t('tell', { who: goal.tell.join(', ') })}</div>}
      </th>
      <td>{goal.owner}</td>
      <td className="num">{value === null ? <NoValue reason={goal.reason} /> : shown(value)}</td>
      <td className="num">{shown(goal.target)}</td>
      <td className="num">{attainment === null ? <NoValue /> : format.percent(attainment, 0)}</td>
      <td className="num">
        {expectedAttainment === null ? <NoValue /> : format.percent(expectedAttainment, 0)}
      </td>
      <td className="num">
        {forecast === null ? (
          <span
            className="dim"
            title={goal.noForecast === null ? undefined : text(goal.noForecast)}
          >
            –
          </span>
        ) : (
          <>
            {shown(forecast.value)}
            <div className="dim small">
              {t('range', { low: shown(forecast.low), high: shown(forecast.high) })}
            </div>
          </>
        )}
      </td>
      <td className="num-start">{format.day(goal.due)}</td>
      <td>{t(`state.${goal.state}`)}</td>
    </tr>
  )
}
