/** Why accounts leave. Each has its own warning signs; some have none. */
export const causes = [
  'champion_left',
  'poor_onboarding',
  'missing_feature',
  'price_shock',
  'bankrupt',
  'other',
] as const

export type Cause = (typeof causes)[number]

/** The causes that grow and fade over weeks; the other two strike unseen. */
export const troubles = [
  'champion_left',
  'poor_onboarding',
  'missing_feature',
  'price_shock',
] as const

export type Trouble = (typeof troubles)[number]

/** Weekly hazard of deciding to leave, for an average account, with the trouble in full force. */
export const hazardOf: Readonly<Record<Cause, number>> = {
  champion_left: 0.06,
  poor_onboarding: 0.04,
  missing_feature: 0.04,
  price_shock: 0.12,
  bankrupt: 0.0003,
  other: 0.0019,
}

/** What share of the use disappears with the trouble in full force. Bills don't keep users away. */
export const useLost: Readonly<Record<Trouble, number>> = {
  champion_left: 0.72,
  poor_onboarding: 0.5,
  missing_feature: 0.45,
  price_shock: 0,
}

/** True effect of a rescue plan: the share of a trouble's force that it takes away for good. */
export const rescueEffect: Readonly<Record<Trouble, number>> = {
  champion_left: 0.65,
  poor_onboarding: 0.6,
  missing_feature: 0.3,
  price_shock: 0.4,
}

/** True effect of the weekly-report habit: the hazard is multiplied by exp(−this · habit). */
export const habitProtects = 1.4

/** True effect of the training: added to the habit, for good. */
export const trainingEffect = 0.35

/** Committed buyers leave this much less often. The accounting sync they use has no part in it. */
export const commitmentFactor = 0.3

/** The hazard is multiplied by exp(−this · fit). */
export const fitProtects = 0.3
