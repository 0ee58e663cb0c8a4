import { eitherOf, everyWord, type Words, withWords, wordsOf } from '../sql/words.ts'
import type { Text } from '../text.ts'

/**
 * One step of a plan: a named table expression that says in words what it does. Nodes are immutable
 * and form a tree towards the facts. The engine evaluates a table expression once for each place that
 * names it, so a node with a costly scan below it is an input of one other node only.
 */
export interface PlanNode {
  /** Name of the table expression, unique in a plan. */
  readonly name: string
  readonly says: Text
  readonly inputs: readonly PlanNode[]
  /**
   * One SELECT; it reads its inputs by their names. As a function it leaves out the columns that nobody
   * reads: what is analysed costs the engine time even where nothing comes of it.
   */
  readonly sql: string | ((read: Words) => string)
  /** Values for the placeholders that only this node uses. */
  readonly params?: Readonly<Record<string, unknown>>
}

/** A node whose SELECT is written out. */
export interface WrittenNode extends PlanNode {
  readonly sql: string
}

const written = ({ sql }: PlanNode, read: Words): string =>
  typeof sql === 'string' ? sql : sql(read)

/**
 * All nodes of a plan, inputs before the nodes that read them, each once. A node is written with the
 * columns whose names occur in what is made of it, by whichever node.
 */
export const nodesInOrder = (root: PlanNode): WrittenNode[] => {
  const seen = new Map<string, PlanNode>()
  const visit = (node: PlanNode): void => {
    const known = seen.get(node.name)
    if (known === node) return
    if (known !== undefined) {
      if (written(known, everyWord) === written(node, everyWord)) return
      throw new Error(`Two different nodes of a plan are named '${node.name}'.`)
    }
    for (const input of node.inputs) visit(input)
    seen.set(node.name, node)
  }
  visit(root)
  const read = new Map<string, Words>([[root.name, everyWord]])
  const inOrder: WrittenNode[] = []
  for (const node of [...seen.values()].toReversed()) {
    const ofReaders = read.get(node.name) ?? everyWord
    const sql = written(node, ofReaders)
    inOrder.push({ ...node, sql })
    // A reader may hand on all columns of its inputs, so that the words of its own readers count too.
    const own = node === root ? wordsOf(sql) : withWords(ofReaders, sql)
    for (const { name } of node.inputs) {
      const before = read.get(name)
      read.set(name, before === undefined ? own : eitherOf(before, own))
    }
  }
  return inOrder.toReversed()
}

/** What a plan does, step by step, in words. */
export const planInWords = (root: PlanNode): Text[] => nodesInOrder(root).map(({ says }) => says)

/** Tables that a plan reads which are no nodes of it, by name. */
export const tablesRead = (root: PlanNode): string[] => {
  const nodes = nodesInOrder(root)
  const own = new Set(nodes.map(({ name }) => name))
  const named = nodes.flatMap(({ sql }) =>
    [...sql.matchAll(/\b(?:FROM|(?<!ARRAY )JOIN)\s+([a-z_][a-z0-9_]*)\b/g)].map(
      ([, name = '']) => name,
    ),
  )
  return [...new Set(named)].filter((name) => !own.has(name)).toSorted()
}
