import { Kbd, Modal, Switch } from '@mantine/core'
import { useTranslation } from 'react-i18next'

const keys = [
  ['j', 'next'],
  ['k', 'previous'],
  ['s', 'start'],
  ['d', 'done'],
  ['z', 'snooze'],
  ['u', 'undo'],
  ['o', 'steps'],
  ['Enter', 'open_account'],
  ['?', 'help'],
] as const

/** All keys of Today, and the switch that turns them off. */
export function HelpDialog({
  opened,
  onClose,
  enabled,
  onEnable,
}: {
  opened: boolean
  onClose: () => void
  enabled: boolean
  onEnable: (enabled: boolean) => void
}) {
  const { t } = useTranslation('today')
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('keys.title')}
      closeButtonProps={{ 'aria-label': t('keys.close') }}
    >
      <dl className="keys">
        {keys.map(([key, name]) => (
          <div key={key}>
            <dt>
              <Kbd>{key}</Kbd>
            </dt>
            <dd>{t(`keys.${name}`)}</dd>
          </div>
        ))}
      </dl>
      <Switch
        mt="md"
        label={t('keys.enabled')}
        checked={enabled}
        onChange={(event) => onEnable(event.currentTarget.checked)}
      />
    </Modal>
  )
}
