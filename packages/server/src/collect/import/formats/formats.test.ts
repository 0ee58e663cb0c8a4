import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { parquetWriteBuffer } from 'hyparquet-writer'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSource } from './open.ts'
import { recordLimitBytes, type SourceOptions, type SourceRow } from './source.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'formats-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

let files = 0
async function open(content: string | Buffer, name = 'file.csv', options: SourceOptions = {}) {
  files += 1
  const path = join(folder, `${files}-${name}`)
  await writeFile(path, content)
  return openSource(path, options)
}

async function read(content: string | Buffer, name?: string, options?: SourceOptions) {
  const source = await open(content, name, options)
  const rows: SourceRow[] = []
  for await (const batch of source.rows()) rows.push(...batch)
  await source.close()
  return { source, rows, brief: rows.map(brief) }
}

/** A row as its line and cells, or its line and what is wrong with it. */
function brief(row: SourceRow): [number, ...string[]] {
  return 'fault' in row ? [row.line, row.fault.code] : [row.line, ...row.cells]
}

const table = '顧客ID,名前\nA-1,株式会社ともしび\nA-2,①髙橋\n'
const tableRows = [
  [2, 'A-1', '株式会社ともしび'],
  [3, 'A-2', '①髙橋'],
]

describe('the encoding', () => {
  const utf16be = Buffer.from(table, 'utf16le').swap16()
  it.each<[string, Buffer, string]>([
    ['UTF-8', Buffer.from(table), 'utf-8'],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${table}`), 'utf-8'],
    ['Shift_JIS', iconv.encode(table, 'cp932'), 'shift_jis'],
    ['UTF-16 LE with a mark', Buffer.from(`\ufeff${table}`, 'utf16le'), 'utf-16le'],
    ['UTF-16 LE without', Buffer.from(table, 'utf16le'), 'utf-16le'],
    ['UTF-16 BE with a mark', Buffer.concat([Buffer.from([0xfe, 0xff]), utf16be]), 'utf-16be'],
    ['UTF-16 BE without', utf16be, 'utf-16be'],
  ])('%s is found out', async (_, bytes, encoding) => {
    const { source, brief } = await read(bytes)
    expect(source.encoding).toBe(encoding)
    expect(source.columns).toEqual(['顧客ID', '名前'])
    expect(brief).toEqual(tableRows)
  })

  it('is found out under gzip', async () => {
    const { source, brief } = await read(gzipSync(iconv.encode(table, 'cp932')), 'file.csv.gz')
    expect(source.encoding).toBe('shift_jis')
    expect(brief).toEqual(tableRows)
  })

  it('may be named', async () => {
    const bytes = iconv.encode(table.replaceAll('①髙橋', '高橋'), 'euc-jp')
    const { brief } = await read(bytes, 'file.csv', { encoding: 'euc-jp' })
    expect(brief.at(-1)).toEqual([3, 'A-2', '高橋'])
  })

  it.each<[string, Buffer, string]>([
    ['UTF-8', Buffer.from('a,b\n1,é\n2,?\n3,日本\n'), 'utf-8'],
    ['Shift_JIS', iconv.encode('a,b\n1,社\n2,?\n3,日本\n', 'cp932'), 'shift_jis'],
  ])('costs only the row whose bytes are not %s', async (_, bytes, encoding) => {
    const broken = Buffer.from(bytes)
    broken[broken.indexOf('?')] = 0xff
    const { rows } = await read(broken, 'file.csv', { encoding })
    expect(rows.map((row) => ('fault' in row ? row.fault.code : row.cells[0]))).toEqual([
      '1',
      'ENCODING_INVALID',
      '3',
    ])
  })

  it('leaves a replacement character that the file really has', async () => {
    expect((await read('a\n\ufffd\n')).brief).toEqual([[2, '\ufffd']])
  })

  it('costs only the row with half a character in UTF-16', async () => {
    const bytes = Buffer.from('a,b\n1,x\n2,?\n3,日\n', 'utf16le')
    bytes.writeUInt16LE(0xd800, bytes.indexOf('?'))
    const { brief } = await read(bytes)
    expect(brief).toEqual([
      [2, '1', 'x'],
      [3, 'ENCODING_INVALID'],
      [4, '3', '日'],
    ])
  })
})

describe('delimited text', () => {
  it.each([
    ['a,b\n1,2\n', 'file.csv'],
    ['a;b\r\n1;2\r\n', 'file.csv'],
    ['a\tb\n1\t2', 'file.tsv'],
    ['a|b\r1|2\r', 'file.txt'],
    ['\n\na,b\n\n1,2\n', 'file.csv'],
  ])('%j has its separator and line ends found out', async (text, name) => {
    const { source, rows } = await read(text, name)
    expect(source.columns).toEqual(['a', 'b'])
    expect(rows.map((row) => ('cells' in row ? row.cells : row.fault))).toEqual([['1', '2']])
  })

  it('keeps separators, marks and line ends inside quotation marks', async () => {
    const { brief } = await read('a,b\n"1,5","say ""hi"""\n"two\nlines",x\n5" pipe,y\n')
    expect(brief).toEqual([
      [2, '1,5', 'say "hi"'],
      [3, 'two\nlines', 'x'],
      [5, '5" pipe', 'y'],
    ])
  })

  it('rejects a row with too few or too many fields and goes on', async () => {
    const { brief } = await read('a,b\n1\n1,2,3\n"1"\n1,2\n')
    expect(brief).toEqual([
      [2, 'FIELDS_TOO_FEW'],
      [3, 'FIELDS_TOO_MANY'],
      [4, 'FIELDS_TOO_FEW'],
      [5, '1', '2'],
    ])
  })

  it('rejects a row with 10,000 columns and goes on', async () => {
    const { brief } = await read(`a,b\n${Array(10_000).fill('x').join(',')}\n1,2\n`)
    expect(brief).toEqual([
      [2, 'FIELDS_TOO_MANY'],
      [3, '1', '2'],
    ])
  })

  it('reads a table that has 10,000 columns', async () => {
    const header = Array.from({ length: 10_000 }, (_, i) => `some_long_column_name_${i}`)
    const { source, rows } = await read(`${header.join(',')}\n${header.map(() => '1').join(',')}\n`)
    expect(source.columns).toHaveLength(10_000)
    expect(rows).toHaveLength(1)
  })

  it('rejects a row with a NUL byte', async () => {
    expect((await read('a,b,c,d\nA,\0,\0,A\n')).brief).toEqual([[2, 'NUL_BYTE']])
    expect((await read('a,b\n1,\0\n1,2\n')).brief).toEqual([
      [2, 'NUL_BYTE'],
      [3, '1', '2'],
    ])
  })

  it('loses one line to a quotation mark that nobody closes', async () => {
    expect((await read('a,b\n1,2\n3,"4\n5,6\n7,8')).brief).toEqual([
      [2, '1', '2'],
      [3, 'QUOTE_NOT_CLOSED'],
      [4, '5', '6'],
      [5, '7', '8'],
    ])
  })

  it('loses one line to a stray mark even when another one stands further on', async () => {
    expect((await read('a,b\n3,"4\n5,6\n7,"8"\n9,9\n')).brief).toEqual([
      [2, 'QUOTE_NOT_CLOSED'],
      [3, '5', '6'],
      [4, '7', '8'],
      [5, '9', '9'],
    ])
  })

  it('lets a line of 100 MB pass in constant memory', async () => {
    const line = Buffer.alloc(100 * 1024 * 1024, 'x')
    const content = Buffer.concat([Buffer.from('a,b\n1,2\n'), line, Buffer.from('\n3,4\n')])
    const source = await open(content)
    const before = process.memoryUsage().rss
    let peak = 0
    const seen: [number, ...string[]][] = []
    for await (const batch of source.rows(() => {
      peak = Math.max(peak, process.memoryUsage().rss)
    })) {
      seen.push(...batch.map(brief))
    }
    expect(seen).toEqual([
      [2, '1', '2'],
      [3, 'RECORD_TOO_LONG'],
      [4, '3', '4'],
    ])
    expect(peak - before).toBeLessThan(80 * 1024 * 1024)
  })

  it('finds records that lie across the chunks that are read', async () => {
    const row = `x,"${'two\nlines '.repeat(100)}"\n`
    const { rows } = await read(`a,b\n${row.repeat(2000)}`)
    expect(rows).toHaveLength(2000)
    expect(rows.every((r) => 'cells' in r && r.cells.length === 2)).toBe(true)
    expect(rows.at(-1)?.line).toBe(2 + 1999 * 101)
  })

  it('rejects what stays open beyond the record limit, without holding the file', async () => {
    const rest = 'x,y\n'.repeat(recordLimitBytes / 4 + 1000)
    const { rows } = await read(`a,b\n1,"2\n${rest}`)
    expect(rows[0]).toMatchObject({ line: 2, fault: { code: 'QUOTE_NOT_CLOSED' } })
    expect(rows.filter((row) => 'cells' in row)).toHaveLength(recordLimitBytes / 4 + 1000)
  })

  it('gives names to columns without one or with one that another has', async () => {
    const { source } = await read('a,,b,a\n1,2,3,4\n')
    expect(source.columns).toEqual(['a#1', 'column#2', 'b', 'a#2'])
    expect(source.oddColumns).toEqual([
      { kind: 'repeated', header: 'a', names: ['a#1', 'a#2'] },
      { kind: 'unnamed', header: '', names: ['column#2'] },
    ])
  })

  it('agrees with csv-parse on any well-formed table', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', '日'), maxLength: 6 })
    const tables = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(tables, fc.boolean(), async (rows, always) => {
        const quote = (c: string) =>
          always || /[",\n]/.test(c) ? `"${c.replaceAll('"', '""')}"` : c
        const text = `x,y,z\n${rows.map((r) => r.map(quote).join(',')).join('\n')}\n`
        const found = await read(text, 'file.csv', { delimiter: ',' })
        expect(found.rows.map((row) => ('cells' in row ? row.cells : row))).toEqual(
          parse(text, { from: 2 }),
        )
      }),
      { numRuns: 60 },
    )
  })
})

describe('JSON Lines', () => {
  it('have the keys of their objects as columns, late ones too', async () => {
    const { source, rows } = await read('{"a":1,"b":true}\n{"a":null,"c":{"d":[1]}}\n', 'x.jsonl')
    expect(source.format).toBe('jsonl')
    expect(source.columns).toEqual(['a', 'b', 'c'])
    expect(rows.map((row) => ('cells' in row ? row.cells : null))).toEqual([
      ['1', 'true', ''],
      ['', '', '{"d":[1]}'],
    ])
  })

  it('keep long numbers exact', async () => {
    const { brief } = await read('{"amount":12345678901234567890.12345678,"n":"1"}\n', 'x.jsonl')
    expect(brief).toEqual([[1, '12345678901234567890.12345678', '1']])
  })

  it('lose one line to an object that is nested too deeply', async () => {
    const deep = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    const { brief } = await read(`{"a":1}\n${deep}\n{"a":3}\n`, 'x.jsonl')
    expect(brief).toEqual([
      [1, '1'],
      [2, 'JSON_TOO_DEEP'],
      [3, '3'],
    ])
  })

  it('reject lines that are no object', async () => {
    const { brief } = await read('{"a":1}\n{"a":\n[1]\n7\n{"a":"\\u0000"}\n{"a":2}\n', 'x.jsonl')
    expect(brief).toEqual([
      [1, '1'],
      [2, 'JSON_INVALID'],
      [3, 'JSON_NOT_OBJECT'],
      [4, 'JSON_NOT_OBJECT'],
      [5, 'NUL_BYTE'],
      [6, '2'],
    ])
  })
})

describe('Parquet', () => {
  const bytes = Buffer.from(
    parquetWriteBuffer({
      columnData: [
        { name: 'id', data: ['A-1', 'A-2', null], type: 'STRING' },
        { name: 'seats', data: [5, null, 7], type: 'INT32' },
        { name: 'big', data: [9007199254740993n, 1n, 2n], type: 'INT64' },
        { name: 'on', data: [true, false, true], type: 'BOOLEAN' },
        { name: 'at', data: [new Date(0), new Date(1_700_000_000_123), null], type: 'TIMESTAMP' },
      ],
      rowGroupSize: 2,
    }),
  )
  const expected = [
    [1, 'A-1', '5', '9007199254740993', 'true', '1970-01-01T00:00:00.000Z'],
    [2, 'A-2', '', '1', 'false', '2023-11-14T22:13:20.123Z'],
    [3, '', '7', '2', 'true', ''],
  ]

  it('is read row group by row group, all its values as text', async () => {
    const { source, brief } = await read(bytes, 'x.parquet')
    expect(source.columns).toEqual(['id', 'seats', 'big', 'on', 'at'])
    expect(brief).toEqual(expected)
  })

  it('may be gzip', async () => {
    expect((await read(gzipSync(bytes), 'x.parquet.gz')).brief).toEqual(expected)
  })

  it('keeps decimals exact', async () => {
    const columnData = [{ name: 'amount', data: [12345n, -1n, 123456789012345678n] }]
    const schema = [
      { name: 'root', num_children: 1 },
      {
        name: 'amount',
        type: 'INT64' as const,
        repetition_type: 'REQUIRED' as const,
        converted_type: 'DECIMAL' as const,
        scale: 2,
        precision: 18,
      },
    ]
    const decimals = Buffer.from(parquetWriteBuffer({ columnData, schema }))
    const { brief } = await read(decimals, 'x.parquet')
    expect(brief.map(([, amount]) => amount)).toEqual(['123.45', '-0.01', '1234567890123456.78'])
  })

  it('keeps rows whose time is beyond what a date can be', async () => {
    const columnData = [
      { name: 'at', data: [-(2n ** 63n), 0n] },
      { name: 'on', data: [2 ** 31 - 1, 0] },
    ]
    const required = { repetition_type: 'REQUIRED' as const }
    const schema = [
      { name: 'root', num_children: 2 },
      {
        ...required,
        name: 'at',
        type: 'INT64' as const,
        converted_type: 'TIMESTAMP_MICROS' as const,
      },
      { ...required, name: 'on', type: 'INT32' as const, converted_type: 'DATE' as const },
    ]
    const infinite = Buffer.from(parquetWriteBuffer({ columnData, schema }))
    expect((await read(infinite, 'x.parquet')).brief).toEqual([
      [1, '-9223372036854776', '185542587100800000'],
      [2, '1970-01-01T00:00:00.000Z', '1970-01-01'],
    ])
  })

  it('that is cut off is refused', async () => {
    await expect(open(bytes.subarray(0, 60), 'x.parquet')).rejects.toThrow(/Parquet file/)
  })
})

describe('a file that cannot be read is refused with what it is', () => {
  it.each<[string, string | Buffer, string, RegExp]>([
    ['empty', '', 'a.csv', /empty/],
    ['empty under gzip', gzipSync(''), 'a.csv.gz', /empty/],
    ['blank', '\n\n', 'a.csv', /no header/],
    ['an Excel workbook', Buffer.from('504b030414000600', 'hex'), 'a.csv', /Excel/],
    ['a PDF', '%PDF-1.7\n', 'a.csv', /PDF/],
    ['a PNG', Buffer.from('89504e470d0a1a0a0000', 'hex'), 'a.csv', /PNG/],
    ['a web page', '<!DOCTYPE html><html>', 'a.csv', /web page/],
    ['a JSON array', '[{"a":1}]', 'a.json', /JSON array/],
    ['packed twice', gzipSync(gzipSync('a\n1\n')), 'a.csv.gz.gz', /twice/],
  ])('%s', async (_, content, name, message) => {
    await expect(open(content, name)).rejects.toThrow(message)
  })

  it('of another format than the mapping says', async () => {
    await expect(open('a,b\n1,2\n', 'a.parquet', { format: 'parquet' })).rejects.toThrow(/text/)
  })

  it('that is not there', async () => {
    await expect(openSource(join(folder, 'none.csv'))).rejects.toThrow(/no such file/)
  })

  it('whose gzip is cut off, after the rows before that', async () => {
    const lines = Array.from({ length: 50_000 }, (_, i) => `${i},${(i * 7919) % 1000}`).join('\n')
    const packed = gzipSync(`a,b\n${lines}\n`)
    const source = await open(packed.subarray(0, packed.length - 1000), 'a.csv.gz')
    let rows = 0
    await expect(async () => {
      for await (const batch of source.rows()) rows += batch.length
    }).rejects.toThrow(/gzip/)
    expect(rows).toBeGreaterThan(1000)
  })
})
