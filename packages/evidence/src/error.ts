/** An input that the statistics cannot be computed from: the caller's mistake, never the data's scarcity. */
export class EvidenceError extends Error {
  readonly code = 'EVIDENCE_INPUT_INVALID'
  readonly details: Readonly<Record<string, string | number>>

  constructor(message: string, details: Readonly<Record<string, string | number>>) {
    super(message)
    this.name = 'EvidenceError'
    this.details = details
  }
}
