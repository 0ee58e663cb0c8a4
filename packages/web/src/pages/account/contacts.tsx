import type { Account } from '@tomoshibi/contract/accounts'
import { useTranslation } from 'react-i18next'

/** The people at the account, those who decide first. */
export function Contacts({ contacts }: { contacts: Account['contacts'] }) {
  const { t } = useTranslation('accounts')
  if (contacts.length === 0) return <p className="dim">{t('account.contactsNone')}</p>
  return (
    <ul className="surface contacts">
      {contacts.map((contact) => (
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
    </ul>
  )
}
