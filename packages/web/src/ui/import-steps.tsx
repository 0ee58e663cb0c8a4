import { Code } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** The two commands that bring a company's own files in. */
export function ImportSteps() {
  const { t } = useTranslation()
  return (
    <div className="import-steps">
      <p className="small dim">{t('import.suggest')}</p>
      <Code block>npx tomoshibi import data/*.csv --suggest --out mapping.yaml</Code>
      <p className="small dim">{t('import.load')}</p>
      <Code block>npx tomoshibi import data/*.csv --mapping mapping.yaml</Code>
    </div>
  )
}
