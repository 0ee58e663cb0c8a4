import { Autocomplete, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useAccountSample } from '../../api/accounts.ts'
import { useSession } from '../../api/session.ts'

/** The day by which a task should be done. */
export function DueField({ value, onChange }: { value: string; onChange: (day: string) => void }) {
  const { t } = useTranslation('tasks')
  return (
    <TextInput
      type="date"
      label={t('form.due')}
      value={value}
      required
      maw={220}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

/** Who does it; empty = whoever owns the account. */
export function OwnerField({
  value,
  onChange,
}: {
  value: string
  onChange: (owner: string) => void
}) {
  const { t } = useTranslation('tasks')
  const owners = useAccountSample().flatMap(({ attributes }) => attributes.owner ?? [])
  const own = useSession().person?.name
  return (
    <Autocomplete
      label={t('form.owner')}
      description={t('form.ownerSays')}
      maxLength={200}
      data={[...new Set([...(own === undefined ? [] : [own]), ...owners.toSorted()])]}
      value={value}
      onChange={onChange}
    />
  )
}
