import { fieldsOf, type ImportTarget } from './target.ts'

export const usageEvents: ImportTarget = {
  name: 'usage_events',
  table: 'usage_events',
  says: { en: 'What users did in the product', ja: '製品の利用イベント' },
  fileNames: ['usage', 'event', 'activity', 'log', '利用', 'イベント', 'ログ'],
  idNames: ['usage_id', 'event_id', 'message_id', 'イベントID', 'id'],
  hasAccount: true,
  hasAttributes: false,
  fields: fieldsOf('usage_events', {
    userId: {
      says: { en: 'Who, within the account', ja: '利用者' },
      synonyms: ['user_id', 'user', 'login_id', 'ユーザーID', '利用者ID', 'ユーザー'],
    },
    event: {
      says: { en: 'Name of the event or feature', ja: 'イベント名・機能名' },
      synonyms: [
        'event',
        'event_name',
        'feature',
        'feature_name',
        'action',
        'イベント',
        'イベント名',
        '機能',
        '機能名',
        '操作',
      ],
      required: true,
    },
    occurredAt: {
      says: { en: 'When', ja: '発生日時' },
      synonyms: [
        'occurred_at',
        'timestamp',
        'time',
        'date',
        'usage_date',
        'event_time',
        'event_date',
        'created_at',
        '日時',
        '利用日',
        '利用日時',
        '日付',
      ],
      required: true,
    },
    quantity: {
      says: { en: 'How many times', ja: '回数' },
      synonyms: ['quantity', 'count', 'usage_count', 'times', '回数', '件数', '利用回数'],
      fallback: 1,
    },
    properties: {
      says: { en: 'Everything else, as a JSON object', ja: 'その他の項目（JSON オブジェクト）' },
      synonyms: ['properties', 'props', 'プロパティ'],
      reads: { as: 'json' },
      fallback: '{}',
    },
  }),
}
