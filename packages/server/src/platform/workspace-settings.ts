import type { Problem } from '@tomoshibi/contract/errors'
import type { Setting } from '@tomoshibi/contract/workspace'
import { checkAccountCondition } from '@tomoshibi/metrics/account-condition'
import { builtInMetrics } from '@tomoshibi/metrics/catalogue'
import { nearest } from '@tomoshibi/metrics/definition'
import { metricSettingsSchema } from '@tomoshibi/metrics/settings'
import { Temporal } from 'temporal-polyfill'
import * as z from 'zod'
import { Failure } from '../call/failure.ts'

const timeZone = metricSettingsSchema.shape.timeZone.refine(isTimeZone, {
  error: 'is not the IANA name of a time zone, such as Asia/Tokyo',
  params: { ja: 'Asia/Tokyo のような IANA 名のタイムゾーンではありません' },
})
const currency = metricSettingsSchema.shape.currency.refine((code) => currencies().includes(code), {
  error: 'is not the ISO 4217 code of a currency, such as JPY',
  params: { ja: 'JPY のような ISO 4217 の通貨コードではありません' },
})

const selfSufficientWhen = metricSettingsSchema.shape.selfSufficientWhen.superRefine(
  (text, context) => {
    const checked = checkAccountCondition(text, builtInMetrics)
    for (const { text: says, suggestions } of checked.ok ? [] : checked.problems) {
      const [near] = suggestions
      context.addIssue({
        code: 'custom',
        message: near === undefined ? says.en : `${says.en} Did you mean ${near}?`,
        params: { ja: near === undefined ? says.ja : `${says.ja} ${near} のことでしょうか。` },
      })
    }
  },
)

const lampBudgetPerWeek = z
  .number()
  .positive()
  .max(1000)
  .default(10)
  .describe('Lamps that may light for one CSM in a week before it is too many to act on')
  .meta({ ja: '1人の CSM が1週間に対応できるランプの数' })

const csmSees = z
  .enum(['all', 'own_and_team'])
  .default('all')
  .describe('Which accounts a CSM sees: all, or those whose owner is they or one of their team')
  .meta({
    ja: 'CSM が閲覧できる顧客。すべて(all)、または本人かチームの担当顧客のみ(own_and_team)',
  })

const secondFactor = z
  .enum(['optional', 'managers', 'everybody'])
  .default('optional')
  .describe(
    'Who must sign in with codes of an app as well: nobody, those who manage people, or everybody',
  )
  .meta({
    ja: '2 段階認証を必須にする範囲。任意(optional)、メンバーを管理できる人(managers)、全員(everybody)',
  })

const months = z.int().min(1).max(120)
const retentionMonths = z
  .strictObject({
    usage_events: months.optional(),
    tickets: months.optional(),
    survey_answers: months.optional(),
  })
  .default({})
  .describe(
    'Whole months for which facts of a kind are kept before the running one; without a number for ever',
  )
  .meta({ ja: 'データの種類ごとの保存期間(当月より前の月数)。指定がなければ無期限' })

/** Every choice that a workspace may make, with the default that holds until it does. */
export const workspaceSettings = metricSettingsSchema
  .extend({
    timeZone,
    currency,
    selfSufficientWhen,
    csmSees,
    secondFactor,
    lampBudgetPerWeek,
    retentionMonths,
  })
  .strict()

export type WorkspaceSettings = z.infer<typeof workspaceSettings>

const described = z.object({
  properties: z.record(
    z.string(),
    z.object({
      description: z.string().default(''),
      ja: z.string().optional(),
      default: z.unknown(),
      enum: z.array(z.string()).optional(),
    }),
  ),
})

/** The settings as the schema describes them: one that is added there needs nothing here. */
const facts = described.parse(z.toJSONSchema(workspaceSettings, { io: 'input' })).properties

/** The names of all settings, in the order in which people read them. */
export const settingNames = Object.keys(facts)

/** All settings with their meaning. @param chosen what the workspace chose; the rest are defaults. */
export function describeSettings(
  values: Readonly<Record<string, unknown>>,
  chosen: Readonly<Record<string, unknown>>,
): Setting[] {
  return Object.entries(facts).map(([key, fact]) => ({
    key,
    says: { en: fact.description, ja: fact.ja ?? fact.description },
    value: values[key],
    default: fact.default,
    chosen: Object.hasOwn(chosen, key),
    allowed: fact.enum ?? null,
  }))
}

/**
 * Checks what a workspace chose.
 *
 * @throws Failure BAD_INPUT with every setting that is unknown or wrong, and what may have been meant.
 */
export function checkedSettings(chosen: Readonly<Record<string, unknown>>): WorkspaceSettings {
  const checked = workspaceSettings.safeParse(chosen)
  if (checked.success) return checked.data
  const inJapanese = workspaceSettings.safeParse(chosen, { error: japanese })
  const problems = checked.error.issues.flatMap((issue, at) =>
    problemsOf(issue, inJapanese.error?.issues[at]?.message ?? issue.message, chosen),
  )
  const [first] = problems
  const details = { problem: first?.text.en ?? '', problemJa: first?.text.ja ?? '' }
  throw new Failure('BAD_INPUT', details, problems)
}

/** @throws Failure BAD_INPUT when one of the names is not that of a setting. */
export function checkSettingNames(names: readonly string[]): void {
  const problems = names.filter((name) => !settingNames.includes(name)).map(unknownSetting)
  const [first] = problems
  if (first === undefined) return
  throw new Failure('BAD_INPUT', { problem: first.text.en, problemJa: first.text.ja }, problems)
}

const japanese = z.locales.ja().localeError

function problemsOf(issue: z.core.$ZodIssue, ja: string, chosen: unknown): Problem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map(unknownSetting)
  const place = issue.path.join('.')
  const own = z.object({ ja: z.string() }).safeParse('params' in issue ? issue.params : undefined)
  const japaneseText = own.success ? own.data.ja : ja
  const suggestions = suggestionsFor(String(issue.path[0]), valueAt(chosen, issue.path))
  return [problem(`${place}: ${issue.message}`, `${place}: ${japaneseText}`, suggestions)]
}

const unknownSetting = (name: string): Problem =>
  problem(
    `There is no setting '${name}'`,
    `「${name}」という設定はありません`,
    nearest(name, settingNames),
  )

function problem(en: string, ja: string, suggestions: readonly string[]): Problem {
  const [near] = suggestions
  const text =
    near === undefined
      ? { en: `${en}.`, ja: `${ja}。` }
      : { en: `${en}. Did you mean ${near}?`, ja: `${ja}。${near} のことでしょうか。` }
  return { code: 'BAD_INPUT', text, suggestions: [...suggestions] }
}

function suggestionsFor(key: string, value: unknown): string[] {
  if (typeof value !== 'string') return []
  if (key === 'timeZone') return nearest(value, Intl.supportedValuesOf('timeZone'))
  if (key === 'currency') return nearest(value.toUpperCase(), currencies())
  return nearest(value, facts[key]?.enum ?? [])
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined,
    value,
  )

function currencies(): string[] {
  return Intl.supportedValuesOf('currency')
}

function isTimeZone(name: string): boolean {
  try {
    // Offsets such as +09:00 would pass too, and know no history.
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)
    return /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}
