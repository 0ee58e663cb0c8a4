import { TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** A secret, this once. */
export function ShownSecret({ value }: { value: string }) {
  const { t } = useTranslation('webhooks')
  return (
    <TextInput
      mt="sm"
      label={t('secret')}
      description={t('secretSays')}
      value={value}
      readOnly
      onFocus={(event) => event.currentTarget.select()}
    />
  )
}
