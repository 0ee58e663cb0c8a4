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
  champion_left: 0.075,
  poor_onboarding: 0.04,
  missing_feature: 0.042,
  price_shock: 0.1,
  bankrupt: 0.0003,
  other: 0.0015,
}

/** What share of the use disappears with the trouble in full force. Bills don't keep users away. */
export const useLost: Readonly<Record<Trouble, number>> = {
  champion_left: 0.75,
  poor_onboarding: 0.6,
  missing_feature: 0.5,
  price_shock: 0,
}

/** Weeks until a trouble is in full force, and for which people put up with it before they think of leaving. */
export const weeksToFull: Readonly<Record<Trouble, number>> = {
  champion_left: 4,
  poor_onboarding: 6,
  missing_feature: 7,
  price_shock: 1,
}
export const weeksOfPatience: Readonly<Record<Trouble, number>> = {
  champion_left: 6,
  poor_onboarding: 4,
  missing_feature: 5,
  price_shock: 1,
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
export const commitmentFactor = 0.2

/** The hazard is multiplied by exp(−this · fit). */
export const fitProtects = 0.3
