import { fieldsOf, type ImportTarget } from './target.ts'

export const contacts: ImportTarget = {
  name: 'contacts',
  table: 'contacts',
  says: { en: "People at the customer's", ja: '顧客側の担当者・利用者' },
  fileNames: ['contact', 'people', 'person', 'user', '担当者', '連絡先', 'ユーザー'],
  idNames: ['contact_id', 'person_id', 'user_id', '担当者ID', '連絡先ID', 'ユーザーID', 'id'],
  hasAccount: true,
  hasAttributes: false,
  fields: fieldsOf('contacts', {
    name: {
      says: { en: 'Full name', ja: '氏名' },
      synonyms: ['name', 'full_name', 'contact_name', '氏名', '名前', '担当者名'],
    },
    email: {
      says: { en: 'E-mail address', ja: 'メールアドレス' },
      synonyms: ['email', 'e-mail', 'mail', 'email_address', 'メール', 'メールアドレス'],
    },
    role: {
      says: { en: 'Job title or role', ja: '役職・役割' },
      synonyms: ['role', 'title', 'job_title', 'position', '役職', '役割', '部署'],
    },
    decisionMaker: {
      says: { en: 'Decides on the renewal', ja: '契約更新の決裁者か' },
      synonyms: ['decision_maker', 'is_decision_maker', '決裁者', '意思決定者'],
      fallback: false,
    },
    userId: {
      says: { en: 'The user id that usage events carry', ja: '利用イベントに記録されるユーザーID' },
      synonyms: ['user_id', 'login_id', 'ユーザーID', '利用者ID'],
    },
    invitedAt: {
      says: { en: 'When invited as a user', ja: '利用者として招待された日時' },
      synonyms: ['invited_at', 'invited_on', 'created_at', '招待日', '登録日'],
    },
    leftAt: {
      says: { en: 'When the person left', ja: '離脱・退職した日時' },
      synonyms: ['left_at', 'left_on', 'deactivated_at', '退職日', '離脱日'],
      openEnds: true,
    },
  }),
}
