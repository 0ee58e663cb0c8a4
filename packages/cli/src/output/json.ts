/** A result as JSON for programs, ended with a new line. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
