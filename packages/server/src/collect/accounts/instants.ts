import { Temporal } from 'temporal-polyfill'

/** An instant as the engine takes it in a bound DateTime64(3, 'UTC'): without the Z. */
export function engineInstant(instant: Temporal.Instant | string): string {
  return Temporal.Instant.from(instant).toString({ smallestUnit: 'millisecond' }).replace('Z', '')
}
