import { readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accountedFor, countsOf, type ImportWorld, startImportWorld } from './testing/world.ts'

let world: ImportWorld
beforeAll(async () => {
  world = await startImportWorld()
})
afterAll(() => world.stop())

const lines = `version: 1
currency: JPY
files:
  - file: lines.csv
    target: contract_lines
    id: id
    account: account
    knownAt: start
    fields:
      amount: amount
      billingUnit: { value: month }
      effectiveFrom: start
      effectiveTo: { column: end, knownAt: end }
`
const header = 'id,account,amount,start,end\n'

describe('an import', () => {
  it('stores a record as it was known at first, and again when more was known', async () => {
    const csv = `${header}L1,A,"￥1,000",2024-01-01,2024-03-01\nL2,A,500,2024-02-01,\n`
    const summary = await world.run('versions', { 'lines.csv': csv }, lines)
    expect(countsOf(summary)).toEqual([
      { file: 'lines.csv', target: 'contract_lines', read: 2, stored: 2 },
    ])
    const common = {
      account_id: 'A',
      source: 'lines.csv',
      deleted: false,
      billing_unit: 'month',
      currency: 'JPY',
      state: 'active',
    }
    const l1 = {
      ...common,
      record_id: 'L1',
      source_id: 'L1',
      amount: '1000',
      effective_from: '2023-12-31T15:00:00.000Z',
    }
    expect(await world.versions('versions', 'contract_lines')).toMatchObject([
      { ...l1, known_at: '2023-12-31T15:00:00.000Z', effective_to: null },
      { ...l1, known_at: '2024-02-29T15:00:00.000Z', effective_to: '2024-02-29T15:00:00.000Z' },
      { ...common, record_id: 'L2', known_at: '2024-01-31T15:00:00.000Z', effective_to: null },
    ])
  })

  it('of the same files again changes nothing', async () => {
    const csv = `${header}L1,A,1,2024-01-01,2024-03-01\nL2,B,2,2024-01-01,\n`
    await world.run('again', { 'lines.csv': csv }, lines)
    const before = await world.versions('again', 'contract_lines')
    const again = await world.run('again', { 'lines.csv': csv }, lines)
    expect(again.files).toMatchObject([{ read: 2, unchanged: 2, stored: 0, updated: 0 }])
    expect(await world.versions('again', 'contract_lines')).toEqual(before)
  })

  it('of a corrected file stores what changed', async () => {
    await world.run(
      'corrected',
      { 'lines.csv': `${header}L1,A,1,2024-01-01,\nL2,A,2,2024-01-01,\n` },
      lines,
    )
    const summary = await world.run(
      'corrected',
      { 'lines.csv': `${header}L1,A,1,2024-01-01,\nL2,A,3,2024-01-01,\nL3,A,4,2024-01-01,\n` },
      lines,
    )
    expect(summary.files).toMatchObject([{ read: 3, stored: 1, updated: 1, unchanged: 1 }])
  })

  it('that is only tried changes nothing and tells the same', async () => {
    const files = { 'lines.csv': `${header}L1,A,1,2024-01-01,\nL2,A,x,2024-01-01,\n` }
    const dataDir = await world.folder({})
    const tried = await world.run('dry', files, lines, { dryRun: true, dataDir })
    expect(await world.stored('dry')).toEqual([])
    expect(tried).toMatchObject({ dryRun: true, rejectsFile: null })
    expect(tried.rejectExamples).toHaveLength(1)
    const done = await world.run('dry', files, lines)
    expect(tried.files).toEqual(done.files)
  })

  it('takes the later of two rows of one id, and says so', async () => {
    const csv = `${header}L1,A,1,2024-01-01,\nL1,A,2,2024-01-01,\n`
    const summary = await world.run('replace', { 'lines.csv': csv }, lines)
    expect(summary.files).toMatchObject([{ read: 2, stored: 1, superseded: 1 }])
    expect(await world.versions('replace', 'contract_lines')).toMatchObject([{ amount: '2' }])
  })

  it('keeps rows of one id apart, or refuses the second, where the mapping says so', async () => {
    const csv = `${header}L1,A,1,2024-01-01,\nL1,A,2,2024-01-01,\nL1,A,2,2024-01-01,\n`
    const keep = lines.replace('id: id', 'id: id\n    repeatedId: keep')
    const kept = await world.run('keep', { 'lines.csv': csv }, keep)
    expect(kept.files).toMatchObject([{ read: 3, stored: 2, superseded: 1 }])
    expect(await world.versions('keep', 'contract_lines')).toMatchObject([
      { source_id: 'L1' },
      { source_id: 'L1' },
    ])
    const reject = lines.replace('id: id', 'id: id\n    repeatedId: reject')
    const refused = await world.run('refuse', { 'lines.csv': csv }, reject)
    expect(refused.files).toMatchObject([{ read: 3, stored: 1, rejected: 2 }])
    expect(refused.rejectExamples[0]).toMatchObject({ line: 3, column: 'id', value: 'L1' })
  })

  it('identifies rows without an id by all they hold, whatever the order of columns', async () => {
    const mapping = lines.replace('    id: id\n', '')
    await world.run('hashed', { 'lines.csv': `${header},A,1,2024-01-01,\n` }, mapping)
    const again = await world.run(
      'hashed',
      { 'lines.csv': 'start,amount,account,id,end,more\n2024-01-01,1,A,,,\n' },
      mapping,
    )
    expect(again.files).toMatchObject([{ read: 1, unchanged: 1 }])
  })

  it('leaves out what the mapping says, and counts it', async () => {
    const mapping = `${lines}    where: { account: { notIn: [TEST] }, amount: { empty: false } }\n`
    const csv = `${header}L1,TEST,1,2024-01-01,\nL2,A,,2024-01-01,\nL3,A,1,2024-01-01,\n`
    const summary = await world.run('where', { 'lines.csv': csv }, mapping)
    expect(summary.files).toMatchObject([{ read: 3, stored: 1, leftOut: 2 }])
  })

  it('takes 9999-12-31 for no end, and says so', async () => {
    const csv = `${header}L1,A,1,2024-01-01,9999/12/31\n`
    const summary = await world.run('open', { 'lines.csv': csv }, lines)
    expect(await world.versions('open', 'contract_lines')).toMatchObject([{ effective_to: null }])
    expect(summary.notes).toMatchObject([{ code: 'OPEN_END', file: 'lines.csv' }])
  })

  it('finds accounts through another file', async () => {
    const mapping = `${lines}  - file: usage.jsonl
    target: usage_events
    account: { lookup: { file: lines.csv, key: id, column: account, by: line } }
    fields: { event: event, occurredAt: at, properties: { columns: [line, secs] } }
`
    const usage = ['L1', 'L2', 'L9', ''].map((line) =>
      JSON.stringify({ line, event: 'login', at: '2024-01-02T00:00:00Z', secs: 7 }),
    )
    const summary = await world.run(
      'lookup',
      {
        'lines.csv': `${header}L1,A,1,2024-01-01,\nL2,B,1,2024-01-01,\nL2,C,1,2024-01-01,\n`,
        'usage.jsonl': usage.join('\n'),
      },
      mapping,
    )
    expect(summary.files[1]).toMatchObject({ read: 4, stored: 1, rejected: 3 })
    expect(
      summary.rejectExamples.map(({ line, value, reason }) => [line, value, reason.en]),
    ).toEqual([
      [2, 'L2', 'it belongs to several accounts in lines.csv'],
      [3, 'L9', 'no account is found for it in lines.csv'],
      [4, '', 'a value is required'],
    ])
    expect(await world.versions('lookup', 'usage_events')).toMatchObject([
      { account_id: 'A', event: 'login', quantity: 1, properties: '{"line":"L1","secs":7}' },
    ])
  })

  it('reads gzip, Shift_JIS and several files of one pattern', async () => {
    const mapping = `version: 1
files:
  - file: 顧客_*.csv.gz
    target: accounts
    account: 顧客ID
    attributes: { name: 会社名 }
`
    const part = (id: string) =>
      gzipSync(iconv.encode(`顧客ID,会社名\n${id},株式会社${id}\n`, 'cp932'))
    const summary = await world.run(
      'sjis',
      { '顧客_1.csv.gz': part('あ'), '顧客_2.csv.gz': part('い') },
      mapping,
    )
    expect(summary.files.map((file) => file.stored)).toEqual([1, 1])
    expect(await world.versions('sjis', 'account_attributes')).toMatchObject([
      { account_id: 'あ', attribute: 'name', value: '株式会社あ', value_kind: 'string' },
      { account_id: 'い', value: '株式会社い' },
    ])
  })
})

describe('attributes of accounts', () => {
  const mapping = `version: 1
files:
  - file: accounts.csv
    target: accounts
    account: id
    knownAt: since
    effectiveAt: since
    attributes:
      plan: plan
      seats: { column: seats, type: number }
      vip: { column: vip, type: boolean, knownAt: { value: 2025-01-01 } }
      since: { column: since, type: date }
`
  const csv = (plan: string) => `id,since,plan,seats,vip\nA,2024-04-01,${plan},"1,200",○\n`

  it('keep their kind, and each the time at which it was known', async () => {
    await world.run('attributes', { 'accounts.csv': csv('pro') }, mapping)
    const at = '2024-03-31T15:00:00.000Z'
    expect(await world.versions('attributes', 'account_attributes')).toMatchObject([
      {
        attribute: 'plan',
        value: 'pro',
        value_number: null,
        value_kind: 'string',
        known_at: at,
        effective_at: at,
      },
      { attribute: 'seats', value: '1200', value_number: 1200, value_kind: 'number', known_at: at },
      { attribute: 'since', value: '2024-04-01', value_kind: 'date' },
      { attribute: 'vip', value: 'true', value_kind: 'bool', known_at: '2024-12-31T15:00:00.000Z' },
    ])
  })

  it('that are empty take back what was said', async () => {
    await world.run('removed', { 'accounts.csv': csv('pro') }, mapping)
    const summary = await world.run('removed', { 'accounts.csv': csv('') }, mapping)
    expect(summary.files).toMatchObject([{ updated: 1 }])
    expect(await world.versions('removed', 'account_attributes')).toContainEqual(
      expect.objectContaining({ attribute: 'plan', value: '', value_kind: 'removed' }),
    )
  })

  it('of a file of changes are one record for each change', async () => {
    const changes = `version: 1
files:
  - file: accounts.csv
    target: accounts
    account: id
    knownAt: since
    effectiveAt: since
    attributes: { plan: plan }
`
    await world.run(
      'changes',
      { 'accounts.csv': 'id,since,plan\nA,2024-04-01,basic\nA,2024-06-01,pro\n' },
      changes,
    )
    expect(await world.versions('changes', 'account_attributes')).toMatchObject([
      { value: 'basic', effective_at: '2024-03-31T15:00:00.000Z' },
      { value: 'pro', effective_at: '2024-05-31T15:00:00.000Z' },
    ])
  })
})

describe('every target', () => {
  it('takes its fields, and what stands for them where they are left out', async () => {
    const entry = (target: string, fields: string) =>
      `  - { file: f.csv, target: ${target}, account: a, fields: { ${fields} } }`
    const mapping = `version: 1
currency: USD
files:
${entry('contacts', 'name: t, decisionMaker: flag, leftAt: end')}
${entry('usage_events', 'event: t, occurredAt: day')}
${entry('survey_answers', 'kind: { value: nps }, score: n, answeredAt: day')}
${entry('tickets', 'openedAt: day, firstResponseAt: { column: n, after: day, unit: hours }')}
${entry('invoices', 'amount: n, issuedAt: day, dueOn: end')}
${entry('touchpoints', 'kind: { value: 会議 }, occurredAt: day, sentiment: { value: 5 }')}
${entry('milestones', 'milestone: t, enteredAt: day, metAt: end')}
${entry('contract_lines', 'amount: n, billingUnit: { value: quarterly }, effectiveFrom: day, effectiveThrough: end')}
  - { file: f.csv, target: exchange_rates, fields: { currency: { value: usd }, reportingCurrency: { value: JPY }, rate: n, effectiveAt: day } }
`
    const files = { 'f.csv': 'a,t,n,day,end,flag\nA,x,9,2024-01-01,2024-01-31,はい\n' }
    const summary = await world.run('targets', files, mapping)
    expect(summary.files.map((file) => [file.target, file.stored])).toEqual(
      [
        'contacts',
        'usage_events',
        'survey_answers',
        'tickets',
        'invoices',
        'touchpoints',
        'milestones',
        'contract_lines',
        'exchange_rates',
      ].map((target) => [target, 1]),
    )
    const only = async (table: Parameters<ImportWorld['versions']>[1]) =>
      (await world.versions('targets', table))[0]
    const day = '2023-12-31T15:00:00.000Z'
    const lastDay = '2024-01-30T15:00:00.000Z'
    const dayAfter = '2024-01-31T15:00:00.000Z'
    expect(await only('contacts')).toMatchObject({
      name: 'x',
      decision_maker: true,
      left_at: lastDay,
    })
    expect(await only('usage_events')).toMatchObject({
      quantity: 1,
      properties: '{}',
      occurred_at: day,
    })
    expect(await only('survey_answers')).toMatchObject({ kind: 'nps', score: 9, comment: '' })
    expect(await only('tickets')).toMatchObject({ first_response_at: '2024-01-01T00:00:00.000Z' })
    expect(await only('invoices')).toMatchObject({
      kind: 'recurring',
      due_at: dayAfter,
      paid_at: null,
      currency: 'USD',
    })
    expect(await only('touchpoints')).toMatchObject({
      kind: 'meeting',
      direction: 'two_way',
      sentiment: 5,
    })
    expect(await only('milestones')).toMatchObject({ programme: 'onboarding', required: true })
    expect(await only('contract_lines')).toMatchObject({
      billing_unit: 'month',
      billing_count: 3,
      effective_to: dayAfter,
    })
    expect(await only('exchange_rates')).toMatchObject({
      account_id: '',
      currency: 'USD',
      rate: '9',
    })
  })
})

describe('a bad row', () => {
  it('goes to the rejects file with its line, column, value and reason; the rest is stored', async () => {
    const csv = `${header}L1,A,"1.234,56",9999-99-99,\nL2,A,1\nL3,,=1+1,2024-01-01,\nL4,A,1,2024-01-01,\n`
    const dataDir = await world.folder({})
    const summary = await world.run('rejects', { 'lines.csv': csv }, lines, { dataDir })
    expect(summary.files).toMatchObject([{ read: 4, stored: 1, rejected: 3 }])
    expect(summary.rejectsFile).toBe(join(dataDir, 'imports', summary.id, 'rejects.csv'))
    const rows: unknown = parse(await readFile(summary.rejectsFile ?? ''), { columns: true })
    const expected = [
      ['2', 'start', '9999-99-99', 'DATE_INVALID'],
      ['2', 'amount', '1.234,56', 'NUMBER_AMBIGUOUS'],
      ['2', 'start', '9999-99-99', 'DATE_INVALID'],
      ['3', '', 'L2,A,1', 'FIELDS_TOO_FEW'],
      ['4', 'account', '', 'REQUIRED'],
      ['4', 'amount', "'=1+1", 'NUMBER_UNREADABLE'],
    ]
    expect(rows).toMatchObject(
      expected.map(([line, column, value, code]) => {
        return { file: 'lines.csv', target: 'contract_lines', line, column, value, code }
      }),
    )
  })

  it('that can neither be stored nor told stops the import', async () => {
    const files = { 'lines.csv': `${header}L1,A,x,2024-01-01,\nL2,A,1,2024-01-01,\n` }
    const rejectsFile = await world.folder({})
    await expect(world.run('untold', files, lines, { rejectsFile })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      details: { problem: expect.stringContaining(rejectsFile) },
    })
    expect(await world.stored('untold')).toEqual([])
  })

  it('is never written over a file that is imported', async () => {
    const csv = `${header}L1,A,x,2024-01-01,\n`
    const folder = await world.folder({ 'lines.csv': csv })
    const rejectsFile = join(folder, 'rejects.csv')
    await symlink(join(folder, 'lines.csv'), rejectsFile)
    const paths = [join(folder, 'lines.csv')]
    await expect(world.run('over', {}, lines, { paths, rejectsFile })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    })
    expect(await readFile(join(folder, 'lines.csv'), 'utf8')).toBe(csv)
  })

  it('with an answer out of range is rejected', async () => {
    const mapping = `version: 1
files:
  - { file: a.csv, target: survey_answers, id: id, account: a, fields: { kind: kind, score: score } }
`
    const csv = 'id,a,kind,score\n1,A,nps,11\n2,A,csat,0\n3,A,ces,7\n4,A,nps,\n'
    const summary = await world.run('range', { 'a.csv': csv }, mapping)
    expect(summary.files).toMatchObject([{ read: 4, stored: 2, rejected: 2 }])
    expect(summary.rejectExamples.map(({ line, reason }) => [line, reason.en])).toEqual([
      [2, 'the score must be 0 – 10 for this kind of survey'],
      [3, 'the score must be 1 – 5 for this kind of survey'],
    ])
  })

  it('never vanishes: what is read is the sum of what became of it', async () => {
    const cell = fc.oneof(
      fc.constantFrom('A', '1', '2024-01-01', '', '"', 'x,y', '\0', '9999-12-31', 'TEST'),
      fc.string({ maxLength: 5 }),
    )
    const row = fc.array(cell, { minLength: 4, maxLength: 6 }).map((cells) => cells.join(','))
    const good = fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.nat(9))
      .map(([id, amount]) => `L${id},A,${amount},2024-01-01,`)
    const mapping = `${lines}    where: { account: { notIn: [TEST] } }\n`
    let runs = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(row, good), { maxLength: 30 }), async (rows) => {
        runs += 1
        const summary = await world.run(
          `sum-${runs % 3}`,
          { 'lines.csv': `${header}${rows.join('\n')}\n` },
          mapping,
        )
        for (const counts of summary.files) expect(accountedFor(counts)).toBe(counts.read)
      }),
      { numRuns: 15 },
    )
  })
})

describe('a file', () => {
  it('that is not mapped, not there, of another format, or has columns nobody uses is named', async () => {
    const mapping = `${lines}  - { file: gone.csv, target: tickets, account: a, fields: { openedAt: b } }
  - { file: book.csv, target: tickets, account: a, fields: { openedAt: b } }
`
    const summary = await world.run(
      'notes',
      {
        'lines.csv': `id,account,amount,start,end,note,\nL1,A,1,2024-01-01,,,\n`,
        'readme.txt': 'hello',
        'book.csv': Buffer.from('504b030414000600', 'hex'),
      },
      mapping,
    )
    expect(summary.files).toMatchObject([{ file: 'lines.csv', stored: 1 }])
    expect(summary.notes.map(({ code, file }) => [code, file])).toEqual([
      ['FILE_MISSING', 'gone.csv'],
      ['FILE_NOT_MAPPED', 'readme.txt'],
      ['FILE_UNREADABLE', 'book.csv'],
      ['COLUMN_UNNAMED', 'lines.csv'],
      ['COLUMNS_UNUSED', 'lines.csv'],
    ])
  })

  it('that breaks off gives the rows before that, and a note', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `L${i},A,${(i * 7919) % 997},2024-01-01,`)
    const packed = gzipSync(`${header}${rows.join('\n')}\n`)
    const summary = await world.run(
      'broken',
      { 'lines.csv': packed.subarray(0, packed.length - 2000) },
      lines,
    )
    const [counts] = summary.files
    expect(counts?.stored).toBeGreaterThan(1000)
    expect(counts?.stored).toBeLessThan(20_000)
    expect(summary.notes).toMatchObject([{ code: 'FILE_UNREADABLE' }])
  })

  it('alone that cannot be read is refused', async () => {
    await expect(world.run('empty', { 'lines.csv': '' }, lines)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      details: { file: 'lines.csv', problem: 'it is empty' },
    })
    await expect(
      world.run('none', {}, lines, { paths: ['/nonexistent/lines.csv'] }),
    ).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  })

  it('in a folder may be a link to one', async () => {
    const csv = `${header}L1,A,1,2024-01-01,\n`
    const elsewhere = await world.folder({ 'x.csv': csv })
    const folder = await world.folder({})
    await symlink(join(elsewhere, 'x.csv'), join(folder, 'lines.csv'))
    await symlink(join(elsewhere, 'gone.csv'), join(folder, 'nowhere.csv'))
    const summary = await world.run('linked', {}, lines, { paths: [folder] })
    expect(summary.files).toMatchObject([{ file: 'lines.csv', stored: 1 }])
    expect(summary.notes).toEqual([])
  })

  it('that is a device or a pipe is refused rather than waited for', async () => {
    await expect(world.run('device', {}, lines, { paths: ['/dev/zero'] })).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      details: { problem: 'it is a pipe or a device; give a file' },
    })
  })

  it('whose columns the mapping misses is refused before anything is stored', async () => {
    const csv = 'id,account,amounts,start,end\nL1,A,1,2024-01-01,\n'
    await expect(world.run('refused', { 'lines.csv': csv }, lines)).rejects.toMatchObject({
      code: 'BAD_MAPPING',
      problems: [
        { code: 'UNKNOWN_COLUMN', line: 10, column: 15, suggestions: ['amounts', 'account'] },
      ],
    })
    expect(await world.stored('refused')).toEqual([])
  })
})

describe('an import in its surroundings', () => {
  it('tells how far it is', async () => {
    const phases: string[] = []
    const csv = `${header}L1,A,1,2024-01-01,\n`
    await world.run('progress', { 'lines.csv': csv }, lines, {
      onProgress: ({ phase, bytesDone, bytesTotal, rows }) => {
        phases.push(phase)
        expect(bytesTotal).toBe(csv.length)
        expect(bytesDone).toBeLessThanOrEqual(bytesTotal)
        if (phase !== 'reading') expect(rows).toBe(1)
      },
    })
    expect([...new Set(phases)]).toEqual(['reading', 'comparing', 'storing'])
  })

  it('waits for the one before it', async () => {
    const csv = (amount: number) => ({ 'lines.csv': `${header}L1,A,${amount},2024-01-01,\n` })
    const both = await Promise.all([
      world.run('queue', csv(1), lines),
      world.run('queue', csv(1), lines),
    ])
    // Which of them has its files written first is for the file system to say.
    const outcomes = both.map(({ files: [file] }) => [file?.stored, file?.unchanged])
    expect(outcomes.toSorted()).toEqual([
      [0, 1],
      [1, 0],
    ])
  })

  it('goes on after one that failed', async () => {
    const failing = world.run('after', { 'lines.csv': '' }, lines)
    const next = world.run('after', { 'lines.csv': `${header}L1,A,1,2024-01-01,\n` }, lines)
    await expect(failing).rejects.toThrow()
    expect((await next).files).toMatchObject([{ stored: 1 }])
  })

  it('touches no other workspace', async () => {
    const files = { 'lines.csv': `${header}L1,A,1,2024-01-01,\n` }
    await world.run('one', files, lines)
    const summary = await world.run('two', files, lines)
    expect(summary.files).toMatchObject([{ stored: 1 }])
  })
})
