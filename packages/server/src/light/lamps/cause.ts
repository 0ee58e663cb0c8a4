import type { LampCause } from '@tomoshibi/contract/light'
import type { Text } from '@tomoshibi/contract/text'
import { namesIn } from '@tomoshibi/metrics/condition/syntax'
import type { MetricGroup } from '@tomoshibi/metrics/definition'
import type { LampDefinition } from './definition.ts'
import type { LampScope } from './names.ts'
import { checkLamp } from './parse.ts'
import { metricYearAgo } from './season.ts'

const names: Readonly<Record<MetricGroup, Text>> = {
  usage: { en: 'Product use', ja: '製品の利用' },
  voice: { en: 'Voice of the customer', ja: '顧客の声' },
  support: { en: 'Support', ja: 'サポート' },
  contact: { en: 'Contact', ja: '接点' },
  billing: { en: 'Payment', ja: '支払い' },
  onboarding: { en: 'Onboarding', ja: 'オンボーディング' },
  health: { en: 'Health score', ja: 'ヘルススコア' },
  revenue: { en: 'Contract', ja: '契約' },
}

const named = (key: MetricGroup): LampCause => ({ key, name: names[key] })

/**
 * What a lamp lights for: the family of the metrics that its condition names, unless it declares one. Lamps
 * of one family speak of the same facts, so that several that are lit for one account have one cause. What the
 * contract is (recurring revenue, renewal, attributes) only says which customers a lamp is for, and is the
 * cause where a condition names nothing else.
 *
 * @returns null where it names metrics of several families, or its names are not there any more
 */
export function causeOf(definition: LampDefinition, scope: LampScope): LampCause | null {
  if (definition.cause !== null) return named(definition.cause)
  const checked = checkLamp(definition, scope)
  return checked.ok ? ofNames(namesIn(checked.lamp.condition), scope) : null
}

function ofNames(used: Iterable<string>, { names: known, catalogue }: LampScope): LampCause | null {
  const groups = new Set<MetricGroup>()
  for (const name of used) {
    // An attribute may go by the name of a metric that accounts do not have.
    const entry = known.get(name)
    const isMetric = entry?.unit !== undefined
    const metric = entry === undefined ? null : metricYearAgo(name, entry)
    const group = isMetric ? catalogue.get(metric ?? name)?.group : undefined
    if (group !== undefined) groups.add(group)
  }
  const own = [...groups].filter((group) => group !== 'revenue')
  const [only, ...others] = own.length > 0 ? own : [...groups]
  return only === undefined || others.length > 0 ? null : named(only)
}
