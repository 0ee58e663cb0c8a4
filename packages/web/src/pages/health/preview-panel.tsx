import type { HealthPreview } from '@tomoshibi/contract/health'
import { useTranslation } from 'react-i18next'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { BandMark } from './band.tsx'
import { bandChoices } from './search.ts'

const MOST_ROWS = 200

/** What a changed scorecard would do: bands before and after, who changes, and how it did on history. */
export function PreviewPanel({ preview }: { preview: HealthPreview }) {
  const { t } = useTranslation('health')
  const text = useText()
  const format = useFormat()
  const { before, after, accounts, history } = preview
  return (
    <output className="health-preview">
      <table className="data">
        <thead>
          <tr>
            <th scope="col">{t('edit.accounts')}</th>
            {bandChoices.map((band) => (
              <th key={band} scope="col" className="num">
                {t(`band.${band}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(['before', 'after'] as const).map((when) => (
            <tr key={when}>
              <th scope="row">{t(`edit.${when}`)}</th>
              {bandChoices.map((band) => (
                <td key={band} className="num">
                  {format.number((when === 'before' ? before : after)[band])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {history !== null && (
        <>
          <h3>{t('edit.onHistory', { days: history.horizonDays })}</h3>
          <p>
            <strong>{t('edit.before')}</strong> {text(history.before.says)}
          </p>
          <p>
            <strong>{t('edit.after')}</strong> {text(history.after.says)}
          </p>
        </>
      )}
      <h3>
        {accounts.length === 0 ? t('edit.nobody') : t('edit.changed', { count: preview.changed })}
      </h3>
      {accounts.length > 0 && (
        <div className="scroll-x">
          <table className="data">
            <thead>
              <tr>
                <th scope="col">{t('column.account')}</th>
                <th scope="col" className="num">
                  {t('edit.before')}
                </th>
                <th scope="col" className="num">
                  {t('edit.after')}
                </th>
                <th scope="col">{t('column.scorecard')}</th>
              </tr>
            </thead>
            <tbody>
              {accounts.slice(0, MOST_ROWS).map((account) => (
                <tr key={account.account}>
                  <th scope="row">{account.name}</th>
                  <td className="num">
                    <BandMark score={account.before.score} band={account.before.band} />
                  </td>
                  <td className="num">
                    <BandMark score={account.after.score} band={account.after.band} />
                  </td>
                  <td>{account.after.scorecard ?? '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {accounts.length > MOST_ROWS && (
            <p className="dim small">
              {t('shown', {
                shown: format.number(MOST_ROWS),
                total: format.number(accounts.length),
              })}
            </p>
          )}
        </div>
      )}
    </output>
  )
}
