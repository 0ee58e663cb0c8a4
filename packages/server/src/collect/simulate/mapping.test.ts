import { describe, expect, it } from 'vitest'
import { parseMapping } from '../import/mapping/parse.ts'
import { companyFiles, fileKeys } from './files.ts'
import { companyMapping } from './mapping.ts'

describe('the mapping of a simulated company', () => {
  it('is right in all that the import checks, for exactly the columns of the files', () => {
    const headers = fileKeys.map((key) => ({
      file: `${key}.csv`,
      columns: companyFiles[key].columns,
      columnsKnown: true,
    }))
    expect(parseMapping(companyMapping, { headers })).toMatchObject({ ok: true })
  })

  it('covers every file, and never the truth', () => {
    const parsed = parseMapping(companyMapping)
    if (!parsed.ok) throw new Error('not a mapping')
    expect(parsed.mapping.files.map((file) => file.file)).toEqual(
      fileKeys.map((key) => `${key}.csv`),
    )
  })

  it('lets no value be known before its time', () => {
    const parsed = parseMapping(companyMapping)
    if (!parsed.ok) throw new Error('not a mapping')
    for (const [i, key] of fileKeys.entries()) {
      const file = parsed.mapping.files[i]
      expect(file?.knownAt).toEqual({ column: 'known_at' })
      for (const field of Object.values(file?.fields ?? {})) {
        const later: Readonly<Record<string, string>> = companyFiles[key].later
        const column = field.column === undefined ? undefined : later[field.column]
        expect(field.knownAt).toEqual(column === undefined ? undefined : { column })
      }
    }
  })
})
