import { fieldsOf, type ImportTarget } from './target.ts'

export const milestones: ImportTarget = {
  name: 'milestones',
  table: 'milestones',
  says: { en: 'Steps of onboarding programmes', ja: 'オンボーディングのマイルストーン' },
  fileNames: ['milestone', 'onboarding', 'マイルストーン', 'オンボーディング'],
  idNames: ['milestone_id', 'マイルストーンID', 'id'],
  hasAccount: true,
  hasAttributes: false,
  fields: fieldsOf('milestones', {
    programme: {
      says: { en: 'Programme key', ja: 'プログラム' },
      synonyms: ['programme', 'program', 'プログラム'],
      fallback: 'onboarding',
    },
    milestone: {
      says: { en: 'Milestone key within the programme', ja: 'マイルストーン' },
      synonyms: ['milestone', 'milestone_name', 'step', 'マイルストーン', 'ステップ'],
      required: true,
    },
    required: {
      says: { en: 'Needed for the programme to be complete', ja: '完了に必須か' },
      synonyms: ['required', 'is_required', '必須'],
      fallback: true,
    },
    firstValue: {
      says: { en: 'Meeting it is the first value', ja: '初回価値のマイルストーンか' },
      synonyms: ['first_value', 'is_first_value', '初回価値'],
      fallback: false,
    },
    enteredAt: {
      says: { en: 'When the account entered the programme', ja: 'プログラムの開始日時' },
      synonyms: ['entered_at', 'entered_on', 'started_at', 'start_date', '開始日'],
      required: true,
    },
    metAt: {
      says: { en: 'When it was met; empty = not yet', ja: '達成日時（空なら未達成）' },
      synonyms: ['met_at', 'met_on', 'completed_at', 'completed_on', '達成日', '完了日'],
    },
  }),
}
