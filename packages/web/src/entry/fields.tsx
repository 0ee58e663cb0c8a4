import { PasswordInput, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'

interface Field {
  readonly value: string
  onChange(value: string): void
  readonly focus?: boolean
}

export function EmailField({
  value,
  onChange,
  focus = false,
  passkeys = false,
}: Field & {
  /** The browser may offer them here. */
  readonly passkeys?: boolean
}) {
  const { t } = useTranslation('people')
  return (
    <TextInput
      type="email"
      name="email"
      autoComplete={passkeys ? 'username webauthn' : 'username'}
      label={t('field.email')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      required
      autoFocus={focus}
    />
  )
}

export function NameField({ value, onChange, focus = false }: Field) {
  const { t } = useTranslation('people')
  return (
    <TextInput
      name="name"
      autoComplete="name"
      label={t('field.name')}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      required
      maxLength={200}
      autoFocus={focus}
    />
  )
}

/** A password that there is (`current`), or one that is being chosen. Managers may fill it in. */
export function PasswordField({
  value,
  onChange,
  focus = false,
  which,
}: Field & { readonly which: 'current' | 'new' }) {
  const { t } = useTranslation('people')
  return (
    <PasswordInput
      name={`${which}-password`}
      autoComplete={`${which}-password`}
      label={which === 'new' ? t('field.newPassword') : t('field.password')}
      description={which === 'new' ? t('field.newPasswordSays') : undefined}
      visibilityToggleButtonProps={{ 'aria-label': t('field.show'), tabIndex: 0 }}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      required
      maxLength={256}
      autoFocus={focus}
    />
  )
}
