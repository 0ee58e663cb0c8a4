import { asKnown, minute } from '../as-known.ts'
import type { QualityCheck } from '../check.ts'

/**
 * Each usage event beside its contract: the line that it names itself (a property `contract_line_id`,
 * `subscription_id` or `contract_id`), otherwise all lines of its account.
 */
const usageWithContract = `
  SELECT usage.account_id AS account_id, usage.record_id AS record_id, event, occurred_at, source,
    ifNull(named.line, '') AS line,
    if(named.line IS NULL, account.starts, named.starts) AS starts,
    if(named.line IS NULL, account.ends, named.ends) AS ends
  FROM (
    SELECT *, coalesce(
      nullIf(JSONExtractString(properties, 'contract_line_id'), ''),
      nullIf(JSONExtractString(properties, 'subscription_id'), ''),
      nullIf(JSONExtractString(properties, 'contract_id'), ''),
      '') AS names
    FROM (${asKnown('usage_events', ['event', 'occurred_at', 'properties', 'source'])})
  ) AS usage
  GLOBAL LEFT JOIN (
    SELECT account_id, min(effective_from) AS starts,
      if(countIf(effective_to IS NULL) > 0, NULL, max(effective_to)) AS ends
    FROM (${asKnown('contract_lines', ['effective_from', 'effective_to'])})
    GROUP BY account_id
  ) AS account ON usage.account_id = account.account_id
  GLOBAL LEFT JOIN (
    SELECT account_id, source_id AS line, min(effective_from) AS starts,
      if(countIf(effective_to IS NULL) > 0, NULL, max(effective_to)) AS ends
    FROM (${asKnown('contract_lines', ['source_id', 'effective_from', 'effective_to'])})
    WHERE source_id != ''
    GROUP BY account_id, source_id
  ) AS named ON usage.account_id = named.account_id AND usage.names = named.line`

export const usageBeforeContract: QualityCheck = {
  key: 'usage_before_contract',
  name: { en: 'Use before the contract starts', ja: '契約開始前の利用' },
  says: {
    en: 'Usage events lie before the first day of their contract line, or of any of the account. Check the start dates, or whether a trial is missing.',
    ja: '利用イベントが契約の開始日より前にあります。開始日が正しいか、トライアル契約が抜けていないかをご確認ください。',
  },
  values: ['event', 'occurred_at', 'contract_starts', 'contract_line'],
  finds: `
SELECT account_id AS account, [record_id] AS records,
  [event, ${minute('occurred_at')}, ${minute('starts')}, line] AS details, source
FROM (${usageWithContract})
WHERE occurred_at < starts`,
}

export const usageAfterContract: QualityCheck = {
  key: 'usage_after_contract',
  name: { en: 'Use after the contract ended', ja: '契約終了後の利用' },
  says: {
    en: 'Usage events lie after their contract line ended, or after all of the account did. Check the end dates, or whether a renewal is missing.',
    ja: '利用イベントが契約の終了日より後にあります。終了日が正しいか、更新後の契約が抜けていないかをご確認ください。',
  },
  values: ['event', 'occurred_at', 'contract_ended', 'contract_line'],
  finds: `
SELECT account_id AS account, [record_id] AS records,
  [event, ${minute('occurred_at')}, ${minute('ends')}, line] AS details, source
FROM (${usageWithContract})
WHERE occurred_at >= ends`,
}
