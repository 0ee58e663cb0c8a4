import { describe, expect, it } from 'vitest'
import { thoseRead } from '../sql/layers.ts'
import { nodesInOrder, type PlanNode } from './node.ts'

const says = { en: 'facts', ja: '事実' }
const facts: PlanNode = {
  name: 'known',
  says,
  inputs: [],
  sql: (read) => `SELECT ${thoseRead(read, ['a', 'b', 'c']).join(', ')} FROM facts`,
}
const reader = (name: string, sql: string, ...inputs: PlanNode[]): PlanNode => ({
  name,
  says,
  inputs,
  sql,
})
const written = (root: PlanNode, name: string) =>
  nodesInOrder(root).find((node) => node.name === name)?.sql

describe('a node of a plan', () => {
  it('has the columns that any of its readers names', () => {
    const one = reader('one', 'SELECT a FROM known', facts)
    const other = reader('other', 'SELECT c FROM known', facts)
    const root = reader('root', 'SELECT 1 FROM one, other', one, other)
    expect(written(root, 'known')).toBe('SELECT a, c FROM facts')
  })

  it('has the columns that are handed on to who names them', () => {
    const between = reader('between', 'SELECT * FROM known', facts)
    const root = reader('root', 'SELECT b FROM between', between)
    expect(written(root, 'known')).toBe('SELECT b FROM facts')
  })

  it('has all its columns where it is what the plan gives', () => {
    expect(written(facts, 'known')).toBe('SELECT a, b, c FROM facts')
  })

  it('can stand for one query only', () => {
    const twin = { ...facts, sql: 'SELECT a FROM others' }
    const root = reader('root', 'SELECT 1', facts, reader('one', 'SELECT 1 FROM known', twin))
    expect(() => nodesInOrder(root)).toThrow("Two different nodes of a plan are named 'known'.")
  })
})
