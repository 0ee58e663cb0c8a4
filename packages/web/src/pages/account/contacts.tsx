import { Button } from '@mantine/core'
import type { Account } from '@tomoshibi/contract/accounts'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

const SHOWN_FIRST = 5

/** The people at the account, those who decide first. */
export function Contacts({ contacts }: { contacts: Account['contacts'] }) {
  const { t } = useTranslation('accounts')
  const [all, setAll] = useState(false)
  if (contacts.length === 0) return <p className="dim">{t('account.contactsNone')}</p>
  return (
    <ul className="surface contacts">
      {(all ? contacts : contacts.slice(0, SHOWN_FIRST)).map((contact) => (
        <li key={contact.id}>
          <strong>{contact.name === '' ? contact.id : contact.name}</strong>
          {contact.decisionMaker && <span className="tag">{t('contact.decisionMaker')}</span>}
          {contact.role !== '' && <div className="small dim">{contact.role}</div>}
          {contact.email !== '' && (
            <div className="small">
              <a href={`mailto:${encodeURIComponent(contact.email)}`}>{contact.email}</a>
            </div>
          )}
        </li>
      ))}
      {!all && contacts.length > SHOWN_FIRST && (
        <li>
          <Button size="compact-sm" variant="default" onClick={() => setAll(true)}>
            {t('account.allContacts', { count: contacts.length })}
          </Button>
        </li>
      )}
    </ul>
  )
}
