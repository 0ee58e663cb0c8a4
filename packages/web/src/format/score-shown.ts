/**
 * A score with one decimal, rounded down: 49.96 is shown as 49.9 and not as 50, a band that it has not
 * reached.
 */
export const scoreShown = (score: number): number => Math.floor(score * 10 + 1e-9) / 10
