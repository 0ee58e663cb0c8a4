import type { NameEntry, NameScope, ValueType } from '../condition/scope.ts'
import { columnsOf, type FactColumn, type FactName } from './facts.ts'

const valueTypes: Readonly<Record<FactColumn['type'], ValueType>> = {
  text: 'string',
  number: 'number',
  money: 'number',
  flag: 'bool',
  happened: 'date',
  planned: 'date',
}

/** The typed column of a fact in the query of its measures; names are ours, so they are safe in SQL. */
export const typedColumn = (name: string): string => `of_${name}`

/** The name of the last day of the window in conditions. */
export const DAY = 'day'

/** The names that a condition over the records of a fact may use. */
export const factScope = (fact: FactName): NameScope => ({
  names: new Map<string, NameEntry>([
    ...[...columnsOf(fact)].map(([name, { type, label }]): [string, NameEntry] => [
      name,
      {
        type: valueTypes[type],
        column: typedColumn(name),
        label,
        ...(type === 'money' ? { exact: true } : {}),
      },
    ]),
    [
      DAY,
      {
        type: 'date',
        column: 'window_last_day',
        label: { en: 'the last day', ja: '最終日' },
      },
    ],
  ]),
})
