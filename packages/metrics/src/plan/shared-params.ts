import type { MetricSettings } from '../settings.ts'
import { type Window, windowParams } from '../sql/windows.ts'

/** Values for every placeholder that nodes share. */
export const sharedParams = (request: {
  readonly workspaceId: string
  readonly settings: MetricSettings
  readonly windows: readonly Window[]
  readonly accountIds?: readonly string[] | undefined
}): Record<string, unknown> => ({
  workspace_id: request.workspaceId,
  whole_workspace_id: request.workspaceId,
  reporting_currency: request.settings.currency,
  gross_margin_share: (request.settings.grossMarginPercent / 100).toFixed(6),
  survival_horizon_months: request.settings.survivalHorizonMonths,
  ...(request.accountIds === undefined ? {} : { account_ids: request.accountIds }),
  ...windowParams(request.windows, request.settings),
})
