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

/** S is a product of quotients: what misses one half by rounding is one half. */
const HALF = '0.5 + 1e-9'
const BELOW_HALF = '0.5 - 1e-9'

/** S after each of the cases, which are in their order. */
export const survivalAfter = (cases: string): string =>
  `arrayMap(km_log -> exp(km_log), arrayCumSum(arrayMap(
          (km_case, km_left) -> log(1 - km_case.2 / km_left),
          ${cases}, arrayReverse(arrayEnumerate(${cases})))))`

/** The cases in the order in which S falls. */
export const inOrder = (spans: string): string =>
  `arraySort(km_case -> tuple(km_case.1, 1 - km_case.2), ${spans})`

/** Binds the cases in their order, and S after each of them, in an expression over both. */
const withCurve = (spans: string, expression: string): string => `arrayMap(
      km_cases -> arrayMap(
        (km_cases, km_survival) -> ${expression},
        [km_cases],
        [${survivalAfter('km_cases')}])[1],
      [${inOrder(spans)}])[1]`

/**
 * The time at which half are left. Where S is one half for a while it is the middle of that time, as
 * the median of an even number of values is. NULL when there are no cases, or more than half are left
 * at the end.
 *
 * @param spans SQL of the spans
 */
export const survivalMedian = (spans: string): string => {
  const firstTime = (limit: string) =>
    `arrayFirst((km_case, km_after) -> km_after <= ${limit}, km_cases, km_survival).1`
  return `if(empty(${spans}), NULL, ${withCurve(
    spans,
    `multiIf(
          km_survival[-1] > ${HALF}, NULL,
          km_survival[-1] > ${BELOW_HALF}, ${firstTime(HALF)},
          (${firstTime(HALF)} + ${firstTime(BELOW_HALF)}) / 2)`,
  )})`
}

/**
 * The area under S up to a horizon: the mean time, what lies behind the horizon left out. Nothing is
 * known of S behind the longest case, so that the area ends there when the horizon is further away.
 * NULL when there are no cases.
 *
 * @param spans SQL of the spans
 * @param horizon SQL of a number in the unit of the spans; without it, the longest case
 */
export const restrictedMeanSurvival = (
  spans: string,
  horizon: string | number | undefined,
): string => {
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
