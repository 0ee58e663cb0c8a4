import { Button, CopyButton, Group, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/hooks.ts'

/** A link that is shown this once, to be handed over. */
export function MadeLink({ link, expiresAt }: { link: string; expiresAt: string }) {
  const { t } = useTranslation('people')
  const format = useFormat()
  const address = `${window.location.origin}${link}`
  return (
    <Group align="end" gap="xs" mt="sm">
      <TextInput
        label={t('link.label')}
        description={t('link.says', { until: format.instant(expiresAt) })}
        value={address}
        readOnly
        flex={1}
        miw={260}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyButton value={address}>
        {({ copied, copy }) => (
          <Button variant="default" onClick={copy}>
            {copied ? t('link.copied') : t('link.copy')}
          </Button>
        )}
      </CopyButton>
    </Group>
  )
}
