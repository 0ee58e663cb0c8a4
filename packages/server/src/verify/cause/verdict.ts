import type { Cause, CauseVerdict } from '@tomoshibi/contract/cause'
import type { MetricEvidence } from '@tomoshibi/contract/verify'

/** Why a verdict is what it is; `say.ts` has the words. */
export type CauseGround =
  /** What keeps the relation itself from being told. */
  | 'too_few'
  | 'no_mark'
  | 'relation_unsteady'
  | 'no_relation'
  /** What follows from the checks of it. */
  | 'action_supports'
  | 'action_contradicts'
  | 'starters_support'
  | 'starters_contradict'
  | 'follows_signal'
  | 'not_comparable'
  | 'explained_away'
  | 'adjusted_unclear'
  | 'checks_silent'

export interface CauseJudgement {
  readonly verdict: CauseVerdict
  readonly ground: CauseGround
}

export type CauseChecks = Pick<Cause, 'mark' | 'effects' | 'starters' | 'signals' | 'actions'>

/**
 * The verdict from the checks, the strongest first. *Leads* takes more than a tie that is left when all
 * that is known is held equal, for a sign of those who were committed anyway looks just the same; and more
 * than that accounts in which the figure changed fared accordingly, for a symptom changes with its cause.
 * Somebody must have moved it, evenly, and the outcome must have moved.
 *
 * @param relation whether the values separate on the later part of the history.
 */
export function causeVerdict(
  relation: MetricEvidence['verdict'],
  { mark, effects, starters, signals, actions }: CauseChecks,
): CauseJudgement {
  const of = (method: Cause['effects'][number]['method']) =>
    effects.find((effect) => effect.method === method)
  const crude = of('crude')
  if (relation === 'cannot_tell') return cannotTell('too_few')
  const isSeen = crude?.p != null && crude.p < 0.05
  if (relation === 'no_relation_seen' && !isSeen) {
    return { verdict: 'no_relation_seen', ground: 'no_relation' }
  }
  if (mark === null || crude?.ratio == null) return cannotTell('no_mark')
  if (relation === 'no_relation_seen' || !isSeen) return cannotTell('relation_unsteady')

  if (actions.some(({ check }) => check === 'supports')) {
    return { verdict: 'leads', ground: 'action_supports' }
  }
  if (signals.some(({ isFollowed }) => isFollowed)) {
    return { verdict: 'follows', ground: 'follows_signal' }
  }
  const standardised = of('standardised')
  const robust = of('doubly_robust')
  if (standardised?.ratio == null) return cannotTell('not_comparable')
  const adjusted = adjustedState(crude.ratio, [standardised, of('weighted'), robust])
  if (adjusted === 'gone') {
    return { verdict: 'leads_but_does_not_drive', ground: 'explained_away' }
  }
  if (actions.some(({ check }) => check === 'contradicts')) {
    return { verdict: 'leads_but_does_not_drive', ground: 'action_contradicts' }
  }
  // Where something was done evenly and its outcome is open, chance comers say less than it will.
  if (starters.check === 'contradicts' && actions.length === 0) {
    return { verdict: 'leads_but_does_not_drive', ground: 'starters_contradict' }
  }
  if (robust?.ratio == null) return cannotTell('not_comparable')
  if (adjusted === 'unclear') return cannotTell('adjusted_unclear')
  // They may have changed together with what drives both, as use does with trouble.
  if (starters.check === 'supports') return cannotTell('starters_support')
  return cannotTell('checks_silent')
}

const cannotTell = (ground: CauseGround): CauseJudgement => ({ verdict: 'cannot_tell', ground })

/**
 * `held`: every estimator says the same way, the outcome model's and the doubly robust one surely.
 * `gone`: both hold 'none' and leave out half of the crude effect. Else `unclear`.
 */
function adjustedState(
  crude: number,
  estimates: readonly (Cause['effects'][number] | undefined)[],
): 'held' | 'gone' | 'unclear' {
  const sign = Math.sign(Math.log(crude))
  const [standardised, weighted, robust] = estimates
  const sides = [standardised, robust].map((effect) => {
    if (effect?.low == null || effect.high == null) return 'unclear'
    const near = sign < 0 ? -Math.log(effect.high) : Math.log(effect.low)
    const far = sign < 0 ? -Math.log(effect.low) : Math.log(effect.high)
    if (near > 0) return 'held'
    return far < Math.abs(Math.log(crude)) / 2 ? 'gone' : 'unclear'
  })
  const isSameWay = weighted?.ratio == null || Math.sign(Math.log(weighted.ratio)) === sign
  if (sides.every((side) => side === 'held') && isSameWay) return 'held'
  return sides.every((side) => side === 'gone') ? 'gone' : 'unclear'
}
