import { timeOrder } from './time-order.ts'

export const ticketResolvedBeforeOpened = timeOrder({
  key: 'ticket_resolved_before_opened',
  table: 'tickets',
  earlier: 'opened_at',
  later: 'resolved_at',
  name: { en: 'Tickets resolved before they were opened', ja: '受付前に解決した問い合わせ' },
  says: {
    en: 'They have a negative resolution time. Check the two columns and their time zone.',
    ja: '解決時間が負になります。2 つの列とタイムゾーンをご確認ください。',
  },
})

export const ticketAnsweredBeforeOpened = timeOrder({
  key: 'ticket_answered_before_opened',
  table: 'tickets',
  earlier: 'opened_at',
  later: 'first_response_at',
  name: { en: 'Tickets answered before they were opened', ja: '受付前に返信した問い合わせ' },
  says: {
    en: 'They have a negative first response time. Check the two columns and their time zone.',
    ja: '初回返信時間が負になります。2 つの列とタイムゾーンをご確認ください。',
  },
})

export const answerBeforeDelivery = timeOrder({
  key: 'answer_before_delivery',
  table: 'survey_answers',
  earlier: 'delivered_at',
  later: 'answered_at',
  name: { en: 'Answers before their survey was delivered', ja: '配信前のアンケート回答' },
  says: {
    en: 'Check the two columns and their time zone.',
    ja: '2 つの列とタイムゾーンをご確認ください。',
  },
})

export const milestoneMetBeforeEntry = timeOrder({
  key: 'milestone_met_before_entry',
  table: 'milestones',
  earlier: 'entered_at',
  later: 'met_at',
  name: { en: 'Milestones met before the programme began', ja: '開始前に達成したマイルストーン' },
  says: {
    en: 'Onboarding would take a negative time. Check when the account entered the programme.',
    ja: 'オンボーディング日数が負になります。プログラムの開始日をご確認ください。',
  },
})

export const invoiceDueBeforeIssue = timeOrder({
  key: 'invoice_due_before_issue',
  table: 'invoices',
  earlier: 'issued_at',
  later: 'due_at',
  name: { en: 'Invoices due before they were issued', ja: '発行前に期日を迎えた請求' },
  says: {
    en: 'They are overdue from the start. Check the issue date and the due date.',
    ja: '発行と同時に延滞になります。発行日と支払期日をご確認ください。',
  },
})

export const contractEndsBeforeStart = timeOrder({
  key: 'contract_ends_before_start',
  table: 'contract_lines',
  earlier: 'effective_from',
  later: 'effective_to',
  name: { en: 'Contract lines that end before they start', ja: '開始前に終了する契約' },
  says: {
    en: 'They never apply, and their amount is in no figure. Check the two dates.',
    ja: '適用される日がなく、どの数値にも含まれません。開始日と終了日をご確認ください。',
  },
})
