import type { HealthBand } from '@tomoshibi/contract/health'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/hooks.ts'
import './health.css'
import { scoreShown } from '../../format/score-shown.ts'

/** Each band has a shape of its own, for whoever does not tell the colours apart. */
const shapes: Readonly<Record<HealthBand, string>> = {
  red: 'M6 1 11 10.5H1Z',
  yellow: 'M6 .8 11.2 6 6 11.2.8 6Z',
  green: 'M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1Z',
}

/** A score with its band as colour, shape and word. */
export function BandMark({ score, band }: { score: number | null; band: HealthBand | null }) {
  const { t } = useTranslation('health')
  const format = useFormat()
  if (score === null || band === null) return <span className="dim">{t('band.none')}</span>
  return (
    <span className="band" data-band={band} title={t(`band.${band}`)}>
      <svg viewBox="0 0 12 12" width="11" height="11" aria-hidden="true">
        <path d={shapes[band]} fill="currentColor" />
      </svg>
      <span className="num">{format.number(scoreShown(score))}</span>
      <span className="hidden">{t(`band.${band}`)}</span>
    </span>
  )
}
