import type { Account } from '@tomoshibi/contract/accounts'
import { useTranslation } from 'react-i18next'
import { useWorkspace } from '../../api/workspace.ts'
import { useFormat } from '../../i18n/hooks.ts'
import { NoValue } from '../../ui/no-value.tsx'

type Line = Account['contractLines'][number]
const states = ['trial', 'active', 'past_due', 'paused', 'ended'] as const

/** What the account has bought, newest first. */
export function ContractLines({ lines }: { lines: readonly Line[] }) {
  const { t } = useTranslation('accounts')
  const format = useFormat()
  const { today } = useWorkspace()
  if (lines.length === 0) return <p className="dim">{t('account.contractsNone')}</p>
  const stateName = ({ state, effectiveFrom, effectiveTo }: Line) => {
    // The state is that of the contract; a line of it may be over, or not have begun.
    if (effectiveTo !== null && effectiveTo <= today) return t('contract.states.ended')
    if (effectiveFrom > today) return t('contract.states.later')
    const known = states.find((one) => one === state)
    return known === undefined ? state : t(`contract.states.${known}`)
  }
  return (
    <div className="surface scroll-x lines">
      <table className="data">
        <thead>
          <tr>
            <th scope="col">{t('contract.product')}</th>
            <th scope="col">{t('contract.plan')}</th>
            <th scope="col" className="num">
              {t('contract.quantity')}
            </th>
            <th scope="col" className="num">
              {t('contract.amount')}
            </th>
            <th scope="col">{t('contract.period')}</th>
            <th scope="col">{t('contract.renews')}</th>
            <th scope="col">{t('contract.state')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.id}>
              <th scope="row">{line.product === '' ? <NoValue /> : line.product}</th>
              <td>{line.plan === '' ? <NoValue /> : line.plan}</td>
              <td className="num">
                {line.quantity === null ? <NoValue /> : format.number(line.quantity)}
              </td>
              <td className="num">
                {format.money(line.amount, line.currency)}{' '}
                <span className="dim">
                  {line.billingCount === 1
                    ? t(`contract.each.${line.billingUnit}`)
                    : t(`contract.per_${line.billingUnit}`, { count: line.billingCount })}
                </span>
              </td>
              <td className="num-start small">
                {format.day(line.effectiveFrom)} –{' '}
                {line.effectiveTo === null ? t('contract.open') : format.day(line.effectiveTo)}
              </td>
              <td>
                {line.autoRenew === null ? (
                  <NoValue />
                ) : line.autoRenew ? (
                  t('contract.yes')
                ) : (
                  t('contract.no')
                )}
              </td>
              <td>{stateName(line)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
