import type { FoundPerson } from '@tomoshibi/contract/personal-data'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/hooks.ts'

/** Under which ids and names somebody is known, and how many rows tell of them. */
export function Found({ person }: { person: FoundPerson }) {
  const { t } = useTranslation('personal')
  const format = useFormat()
  const ids = [...new Set(person.ids.map(({ id, account }) => t('found.in', { id, account })))]
  const lines: readonly [string, readonly string[]][] = [
    [t('found.names'), person.names],
    [t('found.emails'), person.emails],
    [t('found.ids'), ids],
    [t('found.aliases'), person.aliases],
    [t('found.member'), person.member === null ? [] : [person.member.email]],
    [t('found.shared'), person.shared],
    [t('found.notSought'), person.notSought],
  ]
  return (
    <>
      <dl className="you-facts">
        {lines.map(
          ([title, values]) =>
            values.length > 0 && (
              <div key={title} className="you-role">
                <dt>{title}</dt>
                <dd>{values.join(', ')}</dd>
              </div>
            ),
        )}
      </dl>
      {person.held.length === 0 ? (
        <p className="dim">{t('found.none')}</p>
      ) : (
        <div className="scroll-x">
          <table className="data">
            <caption className="hidden">{t('found.title')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('found.table')}</th>
                <th scope="col" className="num">
                  {t('found.own')}
                </th>
                <th scope="col" className="num">
                  {t('found.naming')}
                </th>
              </tr>
            </thead>
            <tbody>
              {person.held.map(({ store, table, own, naming }) => (
                <tr key={`${store} ${table} ${own > 0}`}>
                  <th scope="row">
                    <code>{table}</code>
                  </th>
                  <td className="num">{format.number(own)}</td>
                  <td className="num">{format.number(naming)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}
