import { valueProblem } from '../values/problem.ts'
import { fieldsOf, type ImportTarget } from './target.ts'

/** Scores that each kind of survey knows. */
const scores: Readonly<Record<string, readonly [number, number]>> = {
  nps: [0, 10],
  csat: [1, 5],
  ces: [1, 7],
}

export const surveyAnswers: ImportTarget = {
  name: 'survey_answers',
  table: 'survey_answers',
  says: { en: 'Surveys delivered, and their answers', ja: 'アンケートの配信と回答' },
  fileNames: ['survey', 'nps', 'csat', 'ces', 'answer', 'response', 'アンケート', '回答'],
  idNames: ['answer_id', 'response_id', 'survey_id', '回答ID', 'id'],
  hasAccount: true,
  hasAttributes: false,
  fields: fieldsOf('survey_answers', {
    kind: {
      says: { en: 'nps, csat or ces', ja: '種類（nps・csat・ces）' },
      synonyms: ['kind', 'survey_type', 'survey_kind', '種類', '種別'],
      words: Object.keys(scores),
      required: true,
    },
    respondentId: {
      says: { en: 'Who answered', ja: '回答者' },
      synonyms: ['respondent_id', 'respondent', 'contact_id', 'user_id', '回答者', '回答者ID'],
    },
    score: {
      says: { en: 'NPS 0–10, CSAT 1–5, CES 1–7', ja: 'スコア（NPS 0〜10、CSAT 1〜5、CES 1〜7）' },
      synonyms: [
        'score',
        'rating',
        'nps_score',
        'satisfaction_score',
        'スコア',
        '点数',
        '評価',
        '満足度',
      ],
    },
    comment: {
      says: { en: 'What was written', ja: 'コメント' },
      synonyms: ['comment', 'comments', 'feedback', 'text', 'コメント', '自由記述', '感想'],
    },
    deliveredAt: {
      says: { en: 'When the survey reached the person', ja: '配信日時' },
      synonyms: ['delivered_at', 'sent_at', 'sent_on', '配信日', '配信日時', '送信日'],
    },
    answeredAt: {
      says: { en: 'When it was answered', ja: '回答日時' },
      synonyms: [
        'answered_at',
        'answered_on',
        'responded_at',
        'submitted_at',
        '回答日',
        '回答日時',
      ],
    },
    cesDirection: {
      says: {
        en: 'higher_is_easier (unless said) or lower_is_easier, for CES',
        ja: 'CES の尺度の向き（higher_is_easier = 大きいほど容易（初期値）・lower_is_easier）',
      },
      synonyms: ['ces_direction', 'scale_direction', '尺度の向き', 'スケールの向き'],
      words: ['higher_is_easier', 'lower_is_easier'],
    },
  }),
  fault: ({ kind, score }) => {
    const range = scores[String(kind)]
    if (range === undefined || typeof score !== 'number') return null
    if (score >= range[0] && score <= range[1]) return null
    return { field: 'score', problem: valueProblem('SCORE_OUT_OF_RANGE', range.join(' – ')) }
  },
}
