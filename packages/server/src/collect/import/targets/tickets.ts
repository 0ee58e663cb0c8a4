import { fieldsOf, type ImportTarget } from './target.ts'

export const tickets: ImportTarget = {
  name: 'tickets',
  table: 'tickets',
  says: { en: 'Support requests', ja: '問い合わせ' },
  fileNames: [
    'ticket',
    'support',
    'case',
    'inquiry',
    'inquiries',
    '問い合わせ',
    '問合せ',
    'チケット',
  ],
  idNames: ['ticket_id', 'case_id', 'inquiry_id', '問い合わせID', 'チケットID', 'id'],
  hasAccount: true,
  hasAttributes: false,
  fields: fieldsOf('tickets', {
    contactId: {
      says: { en: 'Who asked', ja: '問い合わせた人' },
      synonyms: ['contact_id', 'requester_id', 'requester', '担当者ID', '問い合わせ者'],
    },
    kind: {
      says: { en: 'Kind, such as how_to, incident, request', ja: '種類（使い方・障害・要望など）' },
      synonyms: ['kind', 'type', 'ticket_type', 'category', '種類', '種別', 'カテゴリ'],
    },
    priority: {
      says: { en: 'Priority', ja: '優先度' },
      synonyms: ['priority', 'severity', '優先度', '重要度'],
    },
    subject: {
      says: { en: 'Subject', ja: '件名' },
      synonyms: ['subject', 'title', 'summary', '件名', 'タイトル'],
    },
    openedAt: {
      says: { en: 'When it was opened', ja: '受付日時' },
      synonyms: [
        'opened_at',
        'submitted_at',
        'created_at',
        'opened_on',
        '受付日時',
        '受付日',
        '起票日',
        '作成日時',
      ],
      required: true,
    },
    firstResponseAt: {
      says: { en: 'When it was first answered', ja: '初回返信日時' },
      synonyms: ['first_response_at', 'first_replied_at', '初回返信日時', '初回応答日時'],
    },
    resolvedAt: {
      says: { en: 'When it was resolved; empty = open', ja: '解決日時（空なら対応中）' },
      synonyms: [
        'resolved_at',
        'closed_at',
        'solved_at',
        '解決日時',
        '完了日時',
        '解決日',
        'クローズ日',
      ],
    },
  }),
}
