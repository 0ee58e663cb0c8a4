import { useTranslation } from 'react-i18next'
import { useWorkspace } from '../api/workspace.ts'
import { useFormat } from '../i18n/hooks.ts'

/** How far facts and lamps reach, and who can see this page. */
export function Freshness() {
  const { t } = useTranslation()
  const workspace = useWorkspace()
  const format = useFormat()
  return (
    <section className="shell-fresh" aria-label={t('fresh.label')}>
      <dl>
        <dt>{t('fresh.facts')}</dt>
        <dd className="num">
          {workspace.factsKnownThrough === null
            ? t('fresh.noFacts')
            : format.instant(workspace.factsKnownThrough)}
        </dd>
        <dt>{t('fresh.lamps')}</dt>
        <dd className="num">
          {workspace.lampsEvaluatedThrough === null
            ? t('fresh.noLamps')
            : format.day(workspace.lampsEvaluatedThrough)}
        </dd>
        <dt>{t('fresh.zone')}</dt>
        <dd>{workspace.timeZone}</dd>
      </dl>
      <p>{t('fresh.loopback')}</p>
    </section>
  )
}
