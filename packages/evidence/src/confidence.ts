import { EvidenceError } from './error.ts'
import { normalQuantile } from './numeric/distributions.ts'

/** @throws EvidenceError unless between 0 and 1; 0.95 when not given. */
export function checkedConfidence(confidence = 0.95): number {
  if (!(confidence > 0 && confidence < 1)) {
    throw new EvidenceError('A confidence must be between 0 and 1', { confidence })
  }
  return confidence
}

/** How many standard errors a two-sided normal interval reaches to each side: 1.96 for 0.95. */
export function normalReach(confidence: number): number {
  return normalQuantile((1 + confidence) / 2)
}
