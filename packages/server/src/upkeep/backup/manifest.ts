import * as z from 'zod'

/** Of the archive's layout; a change that an older program cannot read makes a greater one. */
export const backupFormat = 1

const pieceSchema = z.object({
  /** Of its entry in the archive. */
  name: z.string(),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
export type Piece = z.infer<typeof pieceSchema>

const plainName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/)

/** What is in a backup; its last entry, so that a backup without one was cut off. */
export const manifestSchema = z.object({
  format: z.int().positive(),
  /** Of the program that took it. */
  version: z.string(),
  /** The instant that it shows. */
  takenAt: z.iso.datetime(),
  state: z.object({
    migrations: z.int().nonnegative(),
    tables: z.array(
      z.object({ name: plainName, columns: z.array(plainName), rows: z.int().nonnegative() }),
    ),
    sequences: z.array(
      z.object({ name: plainName, last: z.string().regex(/^\d+$/), called: z.boolean() }),
    ),
  }),
  facts: z.object({
    migrations: z.int().nonnegative(),
    tables: z.array(
      z.object({
        name: plainName,
        columns: z.array(plainName),
        rows: z.int().nonnegative(),
        hash: z.string().regex(/^\d+$/),
      }),
    ),
  }),
  /** Events that were acknowledged and not facts yet: files of the journal. */
  journal: z.array(
    z.object({ name: z.string().regex(/^\d{16}\.journal$/), bytes: z.int().nonnegative() }),
  ),
  pieces: z.array(pieceSchema),
})
export type Manifest = z.infer<typeof manifestSchema>

export const manifestEntry = 'manifest.json'
export const manifestSumEntry = 'manifest.sha256'

/** What a piece of the archive belongs to, by the name of its entry; null = none of ours. */
export function partOf(
  entry: string,
): { readonly kind: 'state' | 'facts' | 'journal'; readonly name: string } | null {
  const found = /^(state|facts|journal)\/([\w.]+)\/\d{6}$/.exec(entry)
  const [, kind, name] = found ?? []
  if (name === undefined || (kind !== 'state' && kind !== 'facts' && kind !== 'journal'))
    return null
  return { kind, name }
}

export const entryOf = (kind: 'state' | 'facts' | 'journal', name: string, piece: number): string =>
  `${kind}/${name}/${String(piece).padStart(6, '0')}`
