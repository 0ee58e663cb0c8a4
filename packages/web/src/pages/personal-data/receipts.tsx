import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { Loading } from '../../ui/loading.tsx'
import { TroublePanel } from '../../ui/trouble-panel.tsx'

/** Erasures that were done, newest first. */
export function Receipts() {
  const { t } = useTranslation('personal')
  const format = useFormat()
  const text = useText()
  const erasures = useQuery(api.personalData.erasures.queryOptions())
  const notTouched = erasures.data?.find(({ receipt }) => receipt !== null)?.receipt?.notTouched
  return (
    <section className="surface you-part" aria-label={t('receipts.title')}>
      <h2>{t('receipts.title')}</h2>
      <p className="dim">{t('receipts.says')}</p>
      {erasures.isLoadingError ? (
        <TroublePanel error={erasures.error} onRetry={() => void erasures.refetch()} />
      ) : erasures.data === undefined ? (
        <Loading rows={2} height={34} />
      ) : erasures.data.length === 0 ? (
        <p className="dim">{t('receipts.none')}</p>
      ) : (
        <div className="scroll-x">
          <table className="data">
            <caption className="hidden">{t('receipts.title')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('receipts.id')}</th>
                <th scope="col">{t('receipts.done')}</th>
                <th scope="col" className="num">
                  {t('receipts.rows')}
                </th>
                <th scope="col" className="num">
                  {t('receipts.audit')}
                </th>
                <th scope="col">{t('receipts.left')}</th>
                <th scope="col">{t('receipts.hash')}</th>
              </tr>
            </thead>
            <tbody>
              {erasures.data.map(({ id, receipt }) => (
                <tr key={id}>
                  <th scope="row">
                    <code className="small">{id}</code>
                  </th>
                  <td className="you-when">
                    {receipt === null ? t('receipts.running') : format.instant(receipt.doneAt)}
                  </td>
                  <td className="num">
                    {receipt === null
                      ? '–'
                      : format.number(
                          receipt.held.reduce((sum, { own, naming }) => sum + own + naming, 0),
                        )}
                  </td>
                  <td className="num">
                    {receipt === null ? '–' : format.number(receipt.auditEntries)}
                  </td>
                  <td>
                    {receipt === null
                      ? '–'
                      : receipt.left.length === 0
                        ? t('receipts.nowhere')
                        : receipt.left.map(({ place }) => place).join(', ')}
                  </td>
                  <td>
                    <code className="small" title={receipt?.hash}>
                      {receipt === null ? '–' : `${receipt.hash.slice(0, 16)}…`}
                    </code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {notTouched !== undefined && (
        <details>
          <summary>{t('receipts.notTouched')}</summary>
          <ul className="small">
            {notTouched.map((each) => (
              <li key={each.en}>{text(each)}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}
