import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

/** Which goals left their course, and who was told. */
export function GoalNotices() {
  const { t } = useTranslation('goals')
  const text = useText()
  const format = useFormat()
  const notices = useQuery(api.goals.notices.queryOptions())
  if (notices.isLoadingError) {
    return <TroublePanel error={notices.error} onRetry={() => void notices.refetch()} />
  }
  if (notices.data === undefined) return <Loading rows={2} height={40} />
  return (
    <section className="goals-section" aria-label={t('notices.title')}>
      <h2>{t('notices.title')}</h2>
      <p className="dim">{t('notices.says')}</p>
      {notices.data.length === 0 ? (
        <p>{t('notices.none')}</p>
      ) : (
        <div className="surface scroll-x">
          <table className="data">
            <thead>
              <tr>
                <th scope="col">{t('column.goal')}</th>
                <th scope="col">{t('notices.left')}</th>
                <th scope="col">{t('notices.told')}</th>
                <th scope="col">{t('notices.ended')}</th>
              </tr>
            </thead>
            <tbody>
              {notices.data.map((notice) => (
                <tr key={`${notice.goal} ${notice.at}`}>
                  <th scope="row">
                    {text(notice.name)}
                    <div className="dim small">{text(notice.says)}</div>
                  </th>
                  <td className="num-start">{format.day(notice.leftOn)}</td>
                  <td>{notice.told.join(', ')}</td>
                  <td>
                    {notice.ending === null || notice.endedOn === null
                      ? t('notices.still')
                      : `${t(`notices.ending.${notice.ending}`)} (${format.day(notice.endedOn)})`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
