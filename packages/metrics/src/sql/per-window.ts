/** Facts and the windows of a query: which of them a fact matters to, and what it says of each. */
import { type Knowing, knownAtOnce, knownThere } from './versions.ts'
import { type WindowColumn, windowArray } from './windows.ts'

/**
 * The engine works on blocks of some 65,000 rows, and a list over windows is held for all of them: of
 * more windows than this the lists are made in parts.
 */
const MOST_IN_LIST = 32

const areMany = ({ windows }: Knowing): boolean => windows.length > MOST_IN_LIST

const columnsFor = (
  knowing: Knowing,
  compared: readonly WindowColumn[],
): readonly WindowColumn[] => [...compared, ...(knownAtOnce(knowing) ? [] : (['known'] as const))]

/** A column of the window `i`. */
export const ofWindow = (column: WindowColumn): string =>
  `${windowArray(column)}[i + 1] AS window_${column}`

/**
 * Repeats every fact for those windows only that know this version of it and of which some conditions
 * hold. What a condition leaves out is never copied, so that it costs a comparison and no more. Gives
 * `i`; `ofWindow` gives the rest. Stands in place of the WHERE clause as well.
 *
 * @param compared the columns of a window that the conditions name, as `window_<column>`
 * @param conditions over those and the columns of the fact; none of them may be NULL
 */
export const eachWindowThat = (
  knowing: Knowing,
  compared: readonly WindowColumn[],
  ...conditions: readonly string[]
): string => {
  const all = [...knownThere(knowing), ...conditions]
  if (all.length === 0) return 'ARRAY JOIN {window_index:Array(UInt32)} AS i'
  const columns = columnsFor(knowing, compared)
  if (areMany(knowing)) {
    const there = all.join(' AND ').replaceAll(/\bwindow_(\w+)\b/g, (name, word) => {
      const column = columns.find((each) => each === word)
      return column === undefined ? name : `${windowArray(column)}[i + 1]`
    })
    return `ARRAY JOIN {window_index:Array(UInt32)} AS i\nWHERE ${there}`
  }
  return `ARRAY JOIN arrayFilter(
  (${['window', ...columns.map((column) => `window_${column}`)].join(', ')}) ->
    ${all.join(' AND ')},
  ${['{window_index:Array(UInt32)}', ...columns.map(windowArray)].join(',\n  ')}
) AS i`
}

const listed = (knowing: Knowing, array: string): string =>
  areMany(knowing) ? `arraySlice(${array}, part * ${MOST_IN_LIST} + 1, ${MOST_IN_LIST})` : array

/** Where the lists of `inEachWindow` are made: repeats a fact for each part that they come in. */
export const eachPartOfWindows = (knowing: Knowing): string =>
  areMany(knowing)
    ? `ARRAY JOIN range(${Math.ceil(knowing.windows.length / MOST_IN_LIST)}) AS part`
    : ''

/** What the lists are grouped by, beside whose they are. */
export const partKey = (knowing: Knowing): string => (areMany(knowing) ? ', part' : '')

/** The indexes of the windows of a list, to be joined with it. */
export const windowsOfList = (knowing: Knowing): string =>
  listed(knowing, '{window_index:Array(UInt32)}')

/**
 * A list with what a fact says of each window, in the order of the windows, to be folded with one of the
 * `…ForEach` aggregates: of many facts over many windows, a row for each pair would take far longer.
 *
 * @param compared the columns of a window that the expressions name, as `window_<column>`
 * @param conditions under which it says `then`; none of them may be NULL
 * @param instants further names and their instants, each as an expression over `window_end`, which is
 *   worked out once for each window and not for each fact
 */
export const inEachWindow = (
  knowing: Knowing,
  compared: readonly WindowColumn[],
  conditions: readonly string[],
  then: string,
  otherwise: string,
  instants: Readonly<Record<string, string>> = {},
): string => {
  const columns = columnsFor(knowing, compared)
  const all = [...knownThere(knowing), ...conditions]
  const names = [...columns.map((column) => `window_${column}`), ...Object.keys(instants)]
  const lists = [
    ...columns.map((column) => listed(knowing, windowArray(column))),
    ...Object.values(instants).map((sql) =>
      listed(knowing, `arrayMap(window_end -> ${sql}, ${windowArray('end')})`),
    ),
  ]
  return `arrayMap(
    (${names.join(', ')}) ->
      ${all.length === 0 ? then : `if(${all.join(' AND ')}, ${then}, ${otherwise})`},
    ${lists.join(',\n    ')})`
}
