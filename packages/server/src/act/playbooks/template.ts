import type { Text } from '@tomoshibi/contract/text'
import { kindOfStep, type PlaybookDefinition, type Step } from './definition.ts'

/** What stands in braces is filled in for an account: these, and every name of conditions. */
export const templateNames = ['account_name', 'owner_name', 'contact_name'] as const

const variable = /\{([A-Za-z_][A-Za-z0-9_]*)\}/g

export const variablesIn = (template: string): string[] => [
  ...new Set([...template.matchAll(variable)].flatMap(([, name]) => name ?? [])),
]

/** A text that is filled in, with its path in the definition. */
export interface TemplateText {
  readonly path: readonly (string | number)[]
  readonly template: string
}

/** Every text of a step that is filled in. */
export function templatesOf(step: Step): { readonly field: string; readonly text: Text }[] {
  if ('task' in step) {
    return [
      { field: 'title', text: step.task.title },
      { field: 'body', text: step.task.body },
    ]
  }
  if ('email' in step) {
    return [
      { field: 'subject', text: step.email.subject },
      { field: 'body', text: step.email.body },
    ]
  }
  if ('webhook' in step) {
    const { text } = step.webhook
    return text === undefined ? [] : [{ field: 'text', text }]
  }
  return []
}

export function templatesIn({ steps }: PlaybookDefinition): TemplateText[] {
  return steps.flatMap((step, i) =>
    templatesOf(step).flatMap(({ field, text }) =>
      (['en', 'ja'] as const).map((language) => ({
        path: ['steps', i, kindOfStep(step), field, language],
        template: text[language],
      })),
    ),
  )
}

/** What the variables of an account stand for; null = there is no value. */
export type Filling = (name: string, language: 'en' | 'ja') => string | null

export interface Filled {
  readonly text: string
  /** Variables without a value; a dash stands for them. */
  readonly missing: readonly string[]
}

export function filled(template: string, language: 'en' | 'ja', of: Filling): Filled {
  const missing = new Set<string>()
  const text = template.replace(variable, (_, name: string) => {
    const value = of(name, language)
    if (value === null) missing.add(name)
    return value ?? '–'
  })
  return { text, missing: [...missing] }
}
