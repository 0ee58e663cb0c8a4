import type { LampLoad, LampPreview } from '@tomoshibi/contract/light'
import { useTranslation } from 'react-i18next'
import { useFormat, useText } from '../../i18n/hooks.ts'

/** How often, how right and how early a lamp would have been, and what it does to each CSM's week. */
export function LampPreviewPanel({ preview }: { preview: LampPreview }) {
  const { t } = useTranslation('lamps')
  const text = useText()
  const format = useFormat()
  const { load, retire } = preview
  return (
    <output>
      <p>
        {t('would', {
          from: format.day(preview.from),
          through: format.day(preview.through),
          lit: format.number(preview.lit),
          perWeek: format.number(preview.perWeek),
          open: format.number(preview.open),
        })}
      </p>
      <p>{text(preview.evidence.says)}</p>
      {load.length > 0 && <LoadTable load={load} withAdded />}
      {retire.length > 0 && (
        <>
          <p>{t('retire')}</p>
          <ul>
            {retire.map(({ key, name, says }) => (
              <li key={key}>
                <strong>{text(name)}</strong> {text(says)}
              </li>
            ))}
          </ul>
        </>
      )}
    </output>
  )
}

/** Lamps per week of each CSM, with one more lamp or as they are. */
export function LoadTable({ load, withAdded }: { load: readonly LampLoad[]; withAdded: boolean }) {
  const { t } = useTranslation('lamps')
  const format = useFormat()
  const columns = withAdded
    ? (['before', 'added', 'after', 'budget'] as const)
    : (['before', 'budget'] as const)
  return (
    <table className="data">
      <thead>
        <tr>
          <th scope="col">{t('load.csm')}</th>
          {columns.map((column) => (
            <th key={column} scope="col" className="num">
              {t(`load.${column}`)}
            </th>
          ))}
          <th scope="col" aria-label={t('load.over')} />
        </tr>
      </thead>
      <tbody>
        {load.map((week) => (
          <tr key={week.owner ?? ''}>
            <th scope="row">{week.owner ?? t('load.nobody')}</th>
            {columns.map((column) => (
              <td key={column} className="num">
                {format.number(week[column])}
              </td>
            ))}
            <td>{week.isOver ? t('load.over') : ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
