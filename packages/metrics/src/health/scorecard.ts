import * as z from 'zod'

/** Keys of the metrics that scorecards make. */
export const healthKeys = ['health_score', 'health_score_computed', 'health_coverage'] as const

const textSchema = z.strictObject({
  en: z.string().trim().min(1).max(200),
  ja: z.string().trim().min(1).max(200),
})

const keySchema = z.string().regex(/^[a-z][a-z0-9_]{0,79}$/)

const weightSchema = z
  .int()
  .min(1)
  .max(1000)
  .default(1)
  .describe('What it weighs among its neighbours; a whole number')

/** Two decimals at most, so that points are counted in whole hundredths and add up exactly. */
const scoreSchema = z
  .number()
  .min(0)
  .max(100)
  .refine((score) => Math.abs(score * 100 - Math.round(score * 100)) < 1e-9, {
    error: 'has two decimals at most',
    params: { ja: '小数は2桁までです' },
  })

const stepsSchema = z
  .array(z.strictObject({ below: z.number().optional(), score: scoreSchema }))
  .min(1)
  .max(20)
  .describe(
    'Scores by half-open ranges in rising order: each holds below its bound, the last has none',
  )

const curveSchema = z
  .array(z.strictObject({ at: z.number(), score: scoreSchema }))
  .min(2)
  .max(20)
  .describe(
    'Points in rising order, joined by straight lines; level before the first and after the last',
  )

const scaled = { scores: stepsSchema.optional(), curve: curveSchema.optional() }

export const measureSchema = z.strictObject({
  metric: keySchema.describe('A metric that an account has at the end of a day'),
  key: keySchema.optional().describe('Its name in the scorecard; default: the key of the metric'),
  name: textSchema.optional(),
  weight: weightSchema,
  ...scaled,
})

export const pulseSchema = z.strictObject({
  pulse: z.strictObject({
    expiresAfterDays: z
      .int()
      .min(1)
      .max(365)
      .describe("Days for which the CSM's last pulse counts; an expired one is no value"),
  }),
  key: keySchema.optional().describe('Its name in the scorecard; default: pulse'),
  name: textSchema.optional(),
  weight: weightSchema,
  ...scaled,
})

export type WrittenMeasure = z.infer<typeof measureSchema>
export type WrittenPulse = z.infer<typeof pulseSchema>
export interface WrittenGroup {
  readonly key: string
  readonly name: z.infer<typeof textSchema>
  readonly weight: number
  readonly measures: readonly WrittenNode[]
}
export type WrittenNode = WrittenMeasure | WrittenPulse | WrittenGroup

export interface GroupInput {
  readonly key: string
  readonly name: z.input<typeof textSchema>
  readonly weight?: number | undefined
  readonly measures: readonly NodeInput[]
}
export type NodeInput = z.input<typeof measureSchema> | z.input<typeof pulseSchema> | GroupInput

const groupSchema: z.ZodType<WrittenGroup, GroupInput> = z.strictObject({
  key: keySchema,
  name: textSchema,
  weight: weightSchema,
  measures: z.lazy(() => z.array(nodeSchema).min(1).max(50)),
})

export const nodeSchema: z.ZodType<WrittenNode, NodeInput> = z.union([
  measureSchema,
  pulseSchema,
  groupSchema,
])

/** What a scorecard says, as its author writes it in YAML; the version is counted by whoever keeps it. */
export const writtenScorecardSchema = z.strictObject({
  key: keySchema.describe('Names the scorecard for ever'),
  name: textSchema,
  order: z
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .describe(
      'Scorecards are tried from the lowest order on; the first that fits an account counts',
    ),
  when: z
    .string()
    .max(10_000)
    .optional()
    .describe('CEL: the accounts that it is for; left out = all'),
  measures: z.array(nodeSchema).min(1).max(50),
})
export type WrittenScorecard = z.infer<typeof writtenScorecardSchema>

/** One version of a scorecard. A version never changes once it is there. */
export const scorecardSchema = writtenScorecardSchema.extend({ version: z.int().positive() })
export type Scorecard = z.infer<typeof scorecardSchema>

export const isGroup = (node: WrittenNode): node is WrittenGroup => 'measures' in node
export const isPulse = (node: WrittenNode): node is WrittenPulse => 'pulse' in node

/** The key of the metric that gives the pulse with such an expiry. */
export const pulseKey = (days: number): string => `csm_pulse_${days}d`

/** A measure of a scorecard with its place and its weight among all of them. */
export interface Leaf {
  readonly key: string
  /** Keys of the groups around it, outermost first. */
  readonly groups: readonly string[]
  readonly node: WrittenMeasure | WrittenPulse
  /** The metric whose value is scored. */
  readonly metric: string
  /** A whole number; the weights of all leaves add up to `total`. */
  readonly weight: number
}

export interface Leaves {
  readonly leaves: readonly Leaf[]
  /** The sum of all weights. */
  readonly total: number
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b))

/** Above this, hundredths of points times weights would come near to what a double counts exactly. */
export const greatestTotal = 1_000_000_000n

/**
 * The measures of a scorecard, groups opened up. A group shares its weight out among its members by
 * theirs; the shares are brought to whole numbers, so that nothing is rounded.
 *
 * @returns null when the whole numbers would be too great to be counted exactly
 */
export const leavesOf = ({ measures }: Pick<WrittenScorecard, 'measures'>): Leaves | null => {
  const found: {
    readonly leaf: Omit<Leaf, 'weight'>
    readonly top: bigint
    readonly bottom: bigint
  }[] = []
  const open = (
    nodes: readonly WrittenNode[],
    groups: readonly string[],
    top: bigint,
    bottom: bigint,
  ): void => {
    const sum = nodes.reduce((all, { weight }) => all + BigInt(weight), 0n)
    for (const node of nodes) {
      const [t, b] = [top * BigInt(node.weight), bottom * sum]
      if (isGroup(node)) {
        open(node.measures, [...groups, node.key], t, b)
        continue
      }
      const metric = isPulse(node) ? pulseKey(node.pulse.expiresAfterDays) : node.metric
      const key = node.key ?? (isPulse(node) ? 'pulse' : node.metric)
      const common = gcd(t, b)
      found.push({ leaf: { key, groups, node, metric }, top: t / common, bottom: b / common })
    }
  }
  open(measures, [], 1n, 1n)
  let total = 1n
  for (const { bottom } of found) {
    total = (total / gcd(total, bottom)) * bottom
    if (total > greatestTotal) return null
  }
  return {
    leaves: found.map(({ leaf, top, bottom }) => ({
      ...leaf,
      weight: Number((total / bottom) * top),
    })),
    total: Number(total),
  }
}
