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
  /** One SELECT; it reads its inputs by their names. */
  readonly sql: string
  /** Values for the placeholders that only this node uses. */
  readonly params?: Readonly<Record<string, unknown>>
}

/** All nodes of a plan, inputs before the nodes that read them, each once. */
export const nodesInOrder = (root: PlanNode): PlanNode[] => {
  const seen = new Map<string, PlanNode>()
  const visit = (node: PlanNode): void => {
    const known = seen.get(node.name)
    if (known !== undefined && known.sql !== node.sql) {
      throw new Error(`Two different nodes of a plan are named '${node.name}'.`)
    }
    if (known !== undefined) return
    for (const input of node.inputs) visit(input)
    seen.set(node.name, node)
  }
  visit(root)
  return [...seen.values()]
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
