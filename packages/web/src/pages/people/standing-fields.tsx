import { Autocomplete, Select, TextInput } from '@mantine/core'
import type { RoleView } from '@tomoshibi/contract/people'
import { useTranslation } from 'react-i18next'
import { useAccountSample } from '../../api/accounts.ts'
import { useText } from '../../i18n/hooks.ts'

/** What somebody is in the workspace. */
export interface Standing {
  readonly role: string
  readonly team: string
  readonly ownerName: string
}

export function StandingFields({
  roles,
  value,
  onChange,
}: {
  roles: readonly RoleView[]
  value: Standing
  onChange: (value: Standing) => void
}) {
  const { t } = useTranslation('people')
  const text = useText()
  const owners = useAccountSample().flatMap(({ attributes }) => attributes.owner ?? [])
  const role = roles.find(({ key }) => key === value.role)
  return (
    <>
      <Select
        label={t('field.role')}
        description={role === undefined ? undefined : text(role.says)}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        data={roles.map(({ key, name }) => ({ value: key, label: text(name) }))}
        value={value.role}
        allowDeselect={false}
        onChange={(next) => onChange({ ...value, role: next ?? value.role })}
      />
      <TextInput
        label={t('field.team')}
        description={t('field.teamSays')}
        maxLength={100}
        value={value.team}
        onChange={(event) => onChange({ ...value, team: event.currentTarget.value })}
      />
      <Autocomplete
        label={t('field.ownerName')}
        description={t('field.ownerNameSays')}
        maxLength={200}
        data={[...new Set(owners)].toSorted()}
        value={value.ownerName}
        onChange={(ownerName) => onChange({ ...value, ownerName })}
      />
    </>
  )
}
