import { billingMetrics } from './catalogue/billing.ts'
import { contactMetrics } from './catalogue/contact.ts'
import { voiceMetrics } from './catalogue/customer-voice.ts'
import { movementMetrics } from './catalogue/movements.ts'
import { onboardingMetrics } from './catalogue/onboarding.ts'
import { recurringRevenue } from './catalogue/recurring-revenue.ts'
import { renewalMetrics } from './catalogue/renewal.ts'
import { retentionMetrics } from './catalogue/retention.ts'
import { supportMetrics } from './catalogue/support.ts'
import { usageMetrics } from './catalogue/usage.ts'
import { type MetricDefinition, nearest } from './definition.ts'

/** Every built-in metric by its key, in the order in which people read them. */
export const builtInMetrics: ReadonlyMap<string, MetricDefinition> = new Map(
  [
    ...recurringRevenue,
    ...movementMetrics,
    ...retentionMetrics,
    ...renewalMetrics,
    ...usageMetrics,
    ...voiceMetrics,
    ...supportMetrics,
    ...contactMetrics,
    ...billingMetrics,
    ...onboardingMetrics,
  ].map((definition) => [definition.key, definition]),
)

export interface UnknownMetric {
  readonly code: 'UNKNOWN_METRIC'
  readonly key: string
  /** Keys that may have been meant, best first. */
  readonly suggestions: readonly string[]
}

/** The metric of a key, or what may have been meant. */
export const findMetric = (
  key: string,
  catalogue: ReadonlyMap<string, MetricDefinition> = builtInMetrics,
): MetricDefinition | UnknownMetric =>
  catalogue.get(key) ?? {
    code: 'UNKNOWN_METRIC',
    key,
    suggestions: nearest(key.toLowerCase(), catalogue.keys()),
  }
