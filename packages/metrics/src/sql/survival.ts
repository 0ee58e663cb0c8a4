/**
 * Kaplan–Meier over spans: `Array(Tuple(Float64, UInt8))`, how long each case lasted and whether it
 * ended (1) or was still going on when it was last looked at (0).
 *
 * S falls to S × (1 − 1 ÷ cases left) at each end, one case after the other. Of cases that last the
 * same time those that ended come first; their factors multiply to the usual 1 − d ÷ n of the tie.
 *
 * A lambda must not use an array of around it: the engine repeats it for every element. So all that
 * a step needs is handed over as arrays of the same length, or as an array of one.
 */

/** S is a product of quotients; what is off by rounding is still at one half. */
const HALF = '0.5 + 1e-9'

/** Binds the cases in their order, and S after each of them, in an expression over both. */
const withCurve = (spans: string, expression: string): string => `arrayMap(
      km_cases -> arrayMap(
        (km_cases, km_survival) -> ${expression},
        [km_cases],
        [arrayMap(km_log -> exp(km_log), arrayCumSum(arrayMap(
          (km_case, km_left) -> log(1 - km_case.2 / km_left),
          km_cases, arrayReverse(arrayEnumerate(km_cases)))))])[1],
      [arraySort(km_case -> tuple(km_case.1, 1 - km_case.2), ${spans})])[1]`

/**
 * The first time at which no more than half are left; NULL when there are no cases, or more than half
 * are left at the end.
 *
 * @param spans SQL of the spans
 */
export const survivalMedian = (spans: string): string =>
  `if(empty(${spans}), NULL, ${withCurve(
    spans,
    `if(km_survival[-1] > ${HALF}, NULL,
          arrayFirst((km_case, km_after) -> km_after <= ${HALF}, km_cases, km_survival).1)`,
  )})`

/**
 * The area under S up to a horizon: the mean time, what lies behind the horizon left out. Nothing is
 * known of S behind the longest case, so that the area ends there when the horizon is further away.
 * NULL when there are no cases.
 *
 * @param spans SQL of the spans
 * @param horizon in the unit of the spans; without it, the longest case
 */
export const restrictedMeanSurvival = (spans: string, horizon: number | undefined): string => {
  const until = (time: string) => (horizon === undefined ? time : `least(${time}, ${horizon})`)
  return `if(empty(${spans}), NULL, ${withCurve(
    spans,
    `arraySum(
          (km_before, km_width) -> km_before * km_width,
          arrayPopBack(arrayPushFront(km_survival, 1.)),
          arrayPopFront(arrayDifference(
            arrayPushFront(arrayMap(km_case -> ${until('km_case.1')}, km_cases), 0.))))`,
  )})`
}

/** How many of the spans ended. */
export const spansEnded = (spans: string): string => `arraySum(km_case -> km_case.2, ${spans})`
