/** Names that occur in what is made of a SELECT: a column whose name is not among them is not read. */
export interface Words {
  has(word: string): boolean
}

/** Of what is read by nobody knows whom: every column. */
export const everyWord: Words = { has: () => true }

export const wordsOf = (sql: string): Words => new Set(sql.match(/\w+/g))

export const eitherOf = (a: Words, b: Words): Words => ({
  has: (word) => a.has(word) || b.has(word),
})

/** The names of `read`, and those that occur in further SQL. */
export const withWords = (read: Words, sql: string): Words => eitherOf(wordsOf(sql), read)
