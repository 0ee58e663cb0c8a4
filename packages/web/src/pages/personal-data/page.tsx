import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { Receipt } from '@tomoshibi/contract/personal-data'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/client.ts'
import { Page } from '../../ui/page.tsx'
import { saveFile } from '../../ui/save-file.ts'
import { TroublePanel } from '../../ui/trouble-panel.tsx'
import '../you/you.css'
import { EraseForm } from './erase-form.tsx'
import { Found } from './found.tsx'
import { Receipts } from './receipts.tsx'

/** Whom somebody asks for; what was left empty does not count. */
interface Whom {
  readonly email?: string
  readonly userId?: string
  readonly accountId?: string
}

/** What is held of one person: found, handed over, erased. */
export function PersonalDataPage() {
  const { t } = useTranslation('personal')
  const [email, setEmail] = useState('')
  const [userId, setUserId] = useState('')
  const [accountId, setAccountId] = useState('')
  const [erased, setErased] = useState<Receipt | null>(null)
  const look = useMutation({
    mutationFn: (whom: Whom) => client.personalData.find(whom),
    onMutate: () => setErased(null),
  })
  const save = useMutation({
    mutationFn: (whom: Whom) => client.personalData.export(whom),
    onSuccess: (file) => saveFile(file, 'personal-data.json'),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    look.mutate({
      ...(email.trim() === '' ? {} : { email: email.trim() }),
      ...(userId.trim() === '' ? {} : { userId: userId.trim() }),
      ...(accountId.trim() === '' ? {} : { accountId: accountId.trim() }),
    })
  }
  const done = (receipt: Receipt) => {
    setErased(receipt)
    look.reset()
  }
  return (
    <Page title={t('title')} lead={t('lead')}>
      <section className="surface you-part" aria-label={t('find.title')}>
        <h2>{t('find.title')}</h2>
        <form className="you-form" onSubmit={submit}>
          <TextInput
            label={t('find.email')}
            maxLength={500}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <TextInput
            label={t('find.userId')}
            description={t('find.userIdSays')}
            maxLength={500}
            value={userId}
            onChange={(event) => setUserId(event.currentTarget.value)}
          />
          <TextInput
            label={t('find.account')}
            description={t('find.accountSays')}
            maxLength={500}
            value={accountId}
            onChange={(event) => setAccountId(event.currentTarget.value)}
          />
          <div>
            <Button
              type="submit"
              loading={look.isPending}
              disabled={email.trim() === '' && userId.trim() === ''}
            >
              {t('find.submit')}
            </Button>
          </div>
        </form>
        <p className="small dim">{t('register')}</p>
        {look.isError && <TroublePanel error={look.error} />}
      </section>
      {look.data !== undefined && look.variables !== undefined && (
        <>
          <section className="surface you-part" aria-label={t('found.title')}>
            <h2>{t('found.title')}</h2>
            <Found person={look.data} />
            <Button
              mt="sm"
              size="xs"
              variant="default"
              loading={save.isPending}
              onClick={() => save.mutate(look.variables)}
            >
              {t('export')}
            </Button>
            {save.isError && <TroublePanel error={save.error} />}
          </section>
          <EraseForm
            key={look.data.fingerprint}
            whom={look.variables}
            fingerprint={look.data.fingerprint}
            onDone={done}
          />
        </>
      )}
      {erased !== null && (
        <section className="surface you-part" role="status">
          <p>
            {t('erase.done')}{' '}
            {erased.left.length === 0
              ? t('erase.clean')
              : t('erase.left', { places: erased.left.map(({ place }) => place).join(', ') })}
          </p>
        </section>
      )}
      <Receipts />
    </Page>
  )
}
