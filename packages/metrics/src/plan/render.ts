import type { BoundQuery } from '../query.ts'
import { nodesInOrder, type PlanNode } from './node.ts'

/** The words of a node as SQL comments; a line break in them can't end the comment early. */
const comment = (text: string): string =>
  text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => `-- ${line}`)
    .join('\n')

const indented = (sql: string): string =>
  sql
    .trim()
    .split('\n')
    .map((line) => (line === '' ? line : `  ${line}`))
    .join('\n')

/** The WITH clause that defines all nodes of a plan, each under the words that say what it does. */
export const renderTables = (root: PlanNode, language: 'en' | 'ja' = 'en'): string =>
  `WITH\n${nodesInOrder(root)
    .map(({ name, says, sql }) => `${comment(says[language])}\n${name} AS (\n${indented(sql)}\n)`)
    .join(',\n')}`

/** Parameters that the nodes of a plan brought along. */
export const nodeParams = (root: PlanNode): Record<string, unknown> =>
  Object.assign({}, ...nodesInOrder(root).map(({ params }) => params ?? {}))

/**
 * The whole query of a plan: its nodes, then its last one read in the order given.
 *
 * @param params values shared by several nodes, such as the workspace and the windows of time
 */
export const renderPlan = (
  root: PlanNode,
  orderBy: readonly string[],
  params: Readonly<Record<string, unknown>>,
  language: 'en' | 'ja' = 'en',
): BoundQuery => ({
  sql: `${renderTables(root, language)}\nSELECT * FROM ${root.name}\nORDER BY ${orderBy.join(', ')}`,
  params: { ...params, ...nodeParams(root) },
})
