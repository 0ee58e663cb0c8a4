/** How the import reads a simulated company's files; it stands beside them as `mapping.yaml`. */
export const companyMapping = `# How 'tomoshibi import' reads the files of this demonstration company.
version: 1
timeZone: Asia/Tokyo

files:
  - file: accounts.csv
    target: accounts
    id: account_id
    account: account_id
    knownAt: known_at
    effectiveAt: signed_up_on
    attributes:
      name: name
      plan: plan
      segment: segment
      industry: industry
      region: region
      country: country
      size_band: size_band
      touch_model: touch_model
      owner: owner
      signed_up_on: { column: signed_up_on, type: date }

  - file: plan_changes.csv
    target: accounts
    id: [account_id, valid_from]
    account: account_id
    knownAt: known_at
    effectiveAt: valid_from
    attributes:
      plan: plan

  - file: owner_changes.csv
    target: accounts
    id: [account_id, valid_from]
    account: account_id
    knownAt: known_at
    effectiveAt: valid_from
    attributes:
      owner: owner

  - file: contacts.csv
    target: contacts
    id: contact_id
    account: account_id
    knownAt: known_at
    fields:
      name: name
      email: email
      role: role
      decisionMaker: decision_maker
      userId: user_id
      invitedAt: invited_at
      leftAt: { column: left_on, knownAt: left_known_at }

  - file: contract_lines.csv
    target: contract_lines
    id: line_id
    account: account_id
    knownAt: known_at
    fields:
      product: product
      plan: plan
      quantity: quantity
      amount: amount
      discountPercent: discount_percent
      discountUntil: discount_until
      currency: currency
      billingUnit: { value: month }
      billingCount: billing_months
      effectiveFrom: effective_from
      effectiveTo: { column: effective_to, knownAt: end_known_at }
      autoRenew: auto_renew
      noticeDays: notice_days
      termMonths: term_months
      cancelledAt: { column: cancelled_at, knownAt: cancelled_at }
      state: state

  - file: usage_events.csv
    target: usage_events
    id: usage_id
    account: account_id
    knownAt: known_at
    fields:
      userId: user_id
      event: event
      occurredAt: occurred_at
      quantity: quantity

  - file: survey_answers.csv
    target: survey_answers
    id: answer_id
    account: account_id
    knownAt: known_at
    fields:
      kind: kind
      respondentId: respondent_id
      deliveredAt: delivered_at
      score: { column: score, knownAt: answered_at }
      comment: { column: comment, knownAt: answered_at }
      answeredAt: { column: answered_at, knownAt: answered_at }

  - file: tickets.csv
    target: tickets
    id: ticket_id
    account: account_id
    knownAt: known_at
    fields:
      contactId: contact_id
      kind: kind
      priority: priority
      subject: subject
      openedAt: opened_at
      firstResponseAt: { column: first_response_at, knownAt: first_response_at }
      resolvedAt: { column: resolved_at, knownAt: resolved_at }

  - file: invoices.csv
    target: invoices
    id: invoice_id
    account: account_id
    knownAt: known_at
    fields:
      number: invoice_id
      kind: kind
      amount: amount
      currency: currency
      issuedAt: issued_at
      dueOn: due_on
      paidAt: { column: paid_at, knownAt: paid_at }

  - file: touchpoints.csv
    target: touchpoints
    id: touchpoint_id
    account: account_id
    knownAt: known_at
    fields:
      kind: kind
      direction: direction
      occurredAt: occurred_at
      contactId: contact_id
      decisionMaker: decision_maker
      owner: owner
      planned: planned
      subject: subject
      sentiment: sentiment

  - file: milestones.csv
    target: milestones
    id: milestone_id
    account: account_id
    knownAt: known_at
    fields:
      programme: programme
      milestone: milestone
      required: required
      firstValue: first_value
      enteredAt: entered_at
      metAt: { column: met_at, knownAt: met_at }
`
