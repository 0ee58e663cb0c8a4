import type { FactStore } from '@tomoshibi/facts/store'

/** Writes small hand-made facts for tests, each known when it happened unless told otherwise. */
export class FactWriter {
  readonly #store: FactStore
  readonly #workspaceId: string
  #version = 0

  constructor(store: FactStore, workspaceId: string) {
    this.#store = store
    this.#workspaceId = workspaceId
  }

  /** An account with its attributes; all of them apply always. */
  async account(accountId: string, attributes: Record<string, string>, knownAt: string) {
    const rows = Object.entries(attributes).map(([attribute, value]) =>
      this.#row(accountId, `${accountId}:${attribute}`, knownAt, {
        attribute,
        value,
        value_kind: 'string',
        effective_at: '1970-01-01T00:00:00.000Z',
      }),
    )
    await this.#insert('account_attributes', rows)
  }

  /** A contract line, monthly in JPY; `known` is when this version became known. */
  async line(
    accountId: string,
    id: string,
    line: { from: string; to?: string | null; amount?: string; known?: string } & Record<
      string,
      unknown
    >,
  ) {
    const { from, to = null, known = from, ...rest } = line
    await this.#insert('contract_lines', [
      this.#row(accountId, id, known, {
        product: 'Tomo',
        plan: 'pro',
        quantity: '10',
        amount: '100000',
        discount_amount: '0',
        discount_percent: '0',
        currency: 'JPY',
        billing_unit: 'month',
        billing_count: 1,
        effective_from: from,
        effective_to: to,
        term_months: 12,
        state: 'active',
        ...rest,
      }),
    ])
  }

  /** Something that users did at an instant. */
  async use(accountId: string, at: string, users: readonly string[], known = at) {
    await this.#insert(
      'usage_events',
      users.map((user) =>
        this.#row(accountId, `${accountId}:${user}:${at}`, known, {
          user_id: user,
          event: 'open',
          occurred_at: at,
          quantity: 1,
          properties: '{}',
        }),
      ),
    )
  }

  async invoice(
    accountId: string,
    id: string,
    invoice: { issued: string; due: string; paid?: string | null; known?: string },
  ) {
    const { issued, due, paid = null, known = issued } = invoice
    await this.#insert('invoices', [
      this.#row(accountId, id, known, {
        number: id,
        kind: 'recurring',
        amount: '100000',
        currency: 'JPY',
        issued_at: issued,
        due_at: due,
        paid_at: paid,
        paid_amount: '0',
      }),
    ])
  }

  async answer(accountId: string, person: string, at: string, score: number, known = at) {
    await this.#insert('survey_answers', [
      this.#row(accountId, `${accountId}:${person}:${at}`, known, {
        kind: 'nps',
        respondent_id: person,
        score,
        comment: '',
        delivered_at: at,
        answered_at: at,
      }),
    ])
  }

  /** Says that facts of an account are void, such as when it moved to another one. */
  async void(table: string, accountId: string, recordId: string, known: string) {
    await this.#insert(table, [{ ...this.#row(accountId, recordId, known, {}), deleted: true }])
  }

  #row(accountId: string, recordId: string, known: string, content: Record<string, unknown>) {
    this.#version += 1
    return {
      workspace_id: this.#workspaceId,
      account_id: accountId,
      record_id: recordId,
      known_at: known,
      version: this.#version,
      deleted: false,
      source_id: recordId,
      source: 'test',
      ...content,
    }
  }

  async #insert(table: string, rows: readonly Record<string, unknown>[]) {
    await this.#store.insert(table, rows)
  }
}
