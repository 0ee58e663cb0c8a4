import { Tooltip } from '@mantine/core'
import { noValueReason } from '@tomoshibi/contract/reasons'
import { useTranslation } from 'react-i18next'
import { useText } from '../i18n/hooks.ts'

/** A dash where there is no value; why stands in its tooltip and for screen readers. */
export function NoValue({ reason }: { reason?: string | null }) {
  const { t } = useTranslation()
  const why = useText()(noValueReason(reason ?? 'no_data'))
  return (
    <Tooltip label={why} multiline maw={280}>
      <span className="no-value">
        <span aria-hidden="true">–</span>
        <span className="hidden">{t('noValue', { why })}</span>
      </span>
    </Tooltip>
  )
}
