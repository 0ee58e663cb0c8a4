import type { MetricSettings } from '../settings.ts'

/**
 * What a usage event counts for. This is the one place that says so: whatever answers a question about
 * use, from the events themselves or from sums kept of them, takes its conditions from here.
 *
 * - An event is *use by a person* when it names a user. What names nobody is use of the account only.
 * - It is *active* when its name is among the workspace's active events; with none chosen, any is.
 *   Active users, stickiness, trend, adoption, licence utilisation and rates rest on active events of
 *   persons; an account is active when it has an active event, also one that names nobody.
 * - It is a *core action* when its name is among the core actions; with none chosen, any is.
 * - Its name is a *feature* when it is in the features of any plan; with none listed, any name is.
 *
 * It counts on the local day in which it occurred, and stands for `quantity` events.
 */
export interface UseConditions {
  /** SQL over a row with `user_id` and `event`; 'true' where nothing was chosen. */
  readonly byPerson: string
  readonly active: string
  readonly core: string
  readonly feature: string
  readonly params: Readonly<Record<string, unknown>>
}

type UseSettings = Pick<MetricSettings, 'activeEvents' | 'coreActions' | 'planFeatures'>

/** The conditions of a workspace; event names come from outside and are bound. */
export const useConditions = (settings: UseSettings): UseConditions => {
  const features = [...new Set(Object.values(settings.planFeatures).flat())].toSorted()
  const among = (names: readonly string[], param: string): string =>
    names.length === 0 ? 'true' : `event IN {${param}:Array(String)}`
  return {
    byPerson: "user_id != ''",
    active: among(settings.activeEvents, 'active_events'),
    core: among(settings.coreActions, 'core_actions'),
    feature: among(features, 'features'),
    params: {
      active_events: settings.activeEvents,
      core_actions: settings.coreActions,
      features,
    },
  }
}
