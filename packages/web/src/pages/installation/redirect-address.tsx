import { Button, CopyButton, Group, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** What is entered at a provider so that it sends browsers back here. */
export function RedirectAddress({ publicUrl, id }: { publicUrl: string; id: string }) {
  const { t } = useTranslation('sso')
  const url = `${publicUrl}/single-sign-on/${id}`
  return (
    <Group align="end" gap="xs" wrap="nowrap">
      <TextInput label={t('providers.redirect')} value={url} readOnly style={{ flex: 1 }} />
      <CopyButton value={url}>
        {({ copied, copy }) => (
          <Button variant="default" onClick={copy}>
            {copied ? t('providers.copied') : t('providers.copy')}
          </Button>
        )}
      </CopyButton>
    </Group>
  )
}
