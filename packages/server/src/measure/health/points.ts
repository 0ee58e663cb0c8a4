/** Whole hundredths as a decimal with two digits, exactly. */
export function pointsText(hundredths: number): string {
  const size = Math.abs(hundredths)
  const text = `${Math.floor(size / 100)}.${String(size % 100).padStart(2, '0')}`
  return hundredths < 0 ? `-${text}` : text
}

/** A decimal with two digits for people: without the zeros at its end. */
export const shortPoints = (hundredths: number): string =>
  pointsText(hundredths).replace(/0$/, '').replace(/\.0?$/, '')

/** Points that were gained or lost, with their sign. */
export const signedPoints = (hundredths: number): string =>
  `${hundredths < 0 ? '−' : '+'}${shortPoints(Math.abs(hundredths))}`
