import type { Reads } from '../targets/target.ts'

const text: Reads = { as: 'text' }
const number: Reads = { as: 'decimal', scale: 12, whole: 26 }

const byType: Readonly<Record<string, Reads>> = {
  text,
  string: text,
  number,
  amount: number,
  boolean: { as: 'boolean' },
  date: { as: 'instant' },
}

/** How an attribute of that type is read; text where no type is given. */
export function readsOfAttribute(type: unknown): Reads {
  return (typeof type === 'string' ? byType[type] : undefined) ?? text
}
