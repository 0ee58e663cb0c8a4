import type { PanelQuery } from '@tomoshibi/contract/panel'
import { epochDay } from '@tomoshibi/evidence/epoch-day'
import type { Ports } from '../../call/context.ts'
import { attributeKeys } from '../../collect/accounts/service.ts'
import {
  checkAccountGrain,
  checkAttributes,
  definitionsOf,
} from '../../measure/metrics/question.ts'
import { choicesOf } from '../../measure/metrics/service.ts'
import { panelFile } from './file.ts'
import { historyDays } from './history.ts'
import { emptyPanel, readPanel } from './service.ts'

const types = { parquet: 'application/vnd.apache.parquet', csv: 'text/csv; charset=utf-8' } as const

/**
 * The panel as a file. Days whose horizon has not passed are there without an outcome.
 *
 * @throws Failure UNKNOWN_METRIC, METRIC_HAS_NO_ACCOUNT_VALUE, UNKNOWN_ATTRIBUTE, BAD_PERIOD; FactsError
 */
export async function exportPanel(ports: Ports, query: PanelQuery): Promise<File> {
  const { outcome, horizon, attributes, format, every, from, to } = query
  const { settings, catalogue, rollups } = await choicesOf(ports)
  const metrics =
    query.metrics ??
    [...catalogue.values()].filter(({ grains }) => grains.includes('account')).map(({ key }) => key)
  checkAccountGrain(definitionsOf(metrics, catalogue))
  if (attributes.length > 0) {
    checkAttributes(attributes, await attributeKeys(ports.facts, ports.workspaceId))
  }
  const { days, through } = await historyDays(ports, {
    from,
    to,
    horizon,
    every,
    undecided: true,
  })
  const panel =
    days.length === 0
      ? emptyPanel(metrics, attributes)
      : await readPanel(ports.facts, {
          workspaceId: ports.workspaceId,
          settings,
          catalogue,
          rollups,
          metrics: [...new Set(metrics)],
          attributes: [...new Set(attributes)],
          days,
          outcome,
          horizonDays: horizon,
          now: ports.clock.now().toString(),
        })
  const end = epochDay(through)
  const bytes = panelFile(panel, format, (i) => epochDay(days[i] ?? through) + horizon <= end)
  return new File([bytes], `panel.${format}`, { type: types[format] })
}
