import { type MetricProblem, Problems } from '@tomoshibi/metrics/custom/problem'
import { type MetricDefinition, nearest } from '@tomoshibi/metrics/definition'
import * as z from 'zod'
import { type WrittenGoal, writtenGoalSchema } from './goal.ts'

export type CheckedGoal =
  | { readonly ok: true; readonly goal: WrittenGoal }
  | { readonly ok: false; readonly problems: readonly MetricProblem[] }

const japanese = z.locales.ja().localeError

/** What a goal may name. */
export interface GoalScope {
  readonly catalogue: ReadonlyMap<string, MetricDefinition>
  readonly attributes: readonly string[]
  readonly lamps: readonly string[]
}

/**
 * Checks what a goal says by itself, and collects every problem with its place. Its place in the tree is
 * checked with all goals together.
 *
 * @param content what a file holds; nothing about it is taken for granted
 */
export const checkGoal = (content: unknown, scope: GoalScope): CheckedGoal => {
  const problems = new Problems()
  const parsed = writtenGoalSchema.safeParse(content)
  if (!parsed.success) {
    const ja = writtenGoalSchema.safeParse(content, { error: japanese })
    parsed.error.issues.forEach((issue, k) => {
      const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
      if (issue.code === 'unrecognized_keys') {
        for (const key of issue.keys) {
          problems.add(
            [...path, key],
            'UNKNOWN_KEY',
            {
              en: `There is no setting '${key}' here.`,
              ja: `「${key}」という項目はここにはありません。`,
            },
            nearest(key, Object.keys(writtenGoalSchema.shape)),
            'key',
          )
        }
        return
      }
      const place = path.join('.')
      const says = ja.error?.issues[k]?.message ?? issue.message
      problems.add(path, 'BAD_VALUE', {
        en: place === '' ? issue.message : `'${place}': ${issue.message}`,
        ja: place === '' ? says : `「${place}」: ${says}`,
      })
    })
    return { ok: false, problems: problems.all }
  }
  const goal = parsed.data
  checkNames(goal, scope, problems)
  checkTarget(goal, scope, problems)
  return problems.all.length > 0 ? { ok: false, problems: problems.all } : { ok: true, goal }
}

function checkNames(goal: WrittenGoal, scope: GoalScope, problems: Problems): void {
  const metric = scope.catalogue.get(goal.metric)
  if (metric === undefined) {
    problems.add(
      ['metric'],
      'UNKNOWN_METRIC',
      {
        en: `There is no metric '${goal.metric}'.`,
        ja: `「${goal.metric}」という指標はありません。`,
      },
      nearest(goal.metric, scope.catalogue.keys()),
    )
  } else if (!metric.grains.includes('portfolio')) {
    problems.add(['metric'], 'NO_PORTFOLIO_VALUE', {
      en: `'${goal.metric}' has values for single accounts only; a goal needs one for all of them.`,
      ja: `「${goal.metric}」には顧客ごとの値しかありません。目標には全体の値が必要です。`,
    })
  }
  for (const attribute of Object.keys(goal.slice)) {
    if (scope.attributes.includes(attribute)) continue
    problems.add(
      ['slice', attribute],
      'UNKNOWN_ATTRIBUTE',
      {
        en: `No account has an attribute '${attribute}'.`,
        ja: `属性「${attribute}」を持つ顧客はありません。`,
      },
      nearest(attribute, scope.attributes),
      'key',
    )
  }
  goal.movedBy.forEach((lamp, k) => {
    if (scope.lamps.includes(lamp)) return
    problems.add(
      ['movedBy', k],
      'UNKNOWN_LAMP',
      { en: `There is no lamp '${lamp}'.`, ja: `ランプ「${lamp}」はありません。` },
      nearest(lamp, scope.lamps),
    )
  })
}

function checkTarget(goal: WrittenGoal, { catalogue }: GoalScope, problems: Problems): void {
  if (goal.due <= goal.from) {
    problems.add(['due'], 'BAD_DATES', {
      en: 'It is due after its first day.',
      ja: 'due は from より後の日付にしてください。',
    })
  }
  if (goal.parent === goal.key) problems.add(['parent'], 'CYCLE', ownParent)
  const better = catalogue.get(goal.metric)?.better
  const { baseline, target } = goal
  if (baseline === undefined) return
  if (baseline === target) {
    problems.add(['target'], 'NO_CHANGE', {
      en: 'The target is the baseline; there is nothing to reach.',
      ja: '目標値が基準値と同じで、達成すべきことがありません。',
    })
  } else if (
    (better === 'higher' && target < baseline) ||
    (better === 'lower' && target > baseline)
  ) {
    problems.add(['target'], 'WRONG_WAY', {
      en: `'${goal.metric}' is better ${better}; the target is worse than the baseline.`,
      ja: `「${goal.metric}」は${better === 'higher' ? '高い' : '低い'}ほど良い指標ですが、目標値が基準値より悪くなっています。`,
    })
  }
}

const ownParent = {
  en: 'A goal does not serve itself.',
  ja: '目標は自分自身の親にはなれません。',
} as const

/**
 * The place of each goal in the tree: its parent is there, and there is no circle.
 *
 * @returns problems by key of the goal
 */
export function treeProblems(
  goals: readonly WrittenGoal[],
): { readonly key: string; readonly problem: MetricProblem }[] {
  const byKey = new Map(goals.map((goal) => [goal.key, goal]))
  return goals.flatMap((goal) => {
    const problems = new Problems()
    const { parent } = goal
    if (parent === undefined) return []
    if (!byKey.has(parent)) {
      problems.add(
        ['parent'],
        'UNKNOWN_GOAL',
        { en: `There is no goal '${parent}'.`, ja: `目標「${parent}」はありません。` },
        nearest(parent, byKey.keys()),
      )
    }
    const way = [goal.key]
    for (let at = byKey.get(parent); at !== undefined; at = byKey.get(at.parent ?? '')) {
      if (at.key === goal.key) {
        problems.add(['parent'], 'CYCLE', {
          en: `The goals serve each other in a circle: ${[...way, goal.key].join(' → ')}.`,
          ja: `目標の親子関係が循環しています: ${[...way, goal.key].join(' → ')}。`,
        })
        break
      }
      if (way.includes(at.key)) break
      way.push(at.key)
    }
    return problems.all.map((problem) => ({ key: goal.key, problem }))
  })
}
