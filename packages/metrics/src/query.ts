/**
 * SQL text together with its parameters. Values stand in the text only as ClickHouse placeholders,
 * `{name:Type}`, so a value from outside can never become SQL.
 */
export interface BoundQuery {
  readonly sql: string
  readonly params: Readonly<Record<string, unknown>>
}
