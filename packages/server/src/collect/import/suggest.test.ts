import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseMapping } from './mapping/parse.ts'
import { suggestMapping } from './suggest.ts'
import { type Files, type ImportWorld, startImportWorld } from './testing/world.ts'

let world: ImportWorld
beforeAll(async () => {
  world = await startImportWorld()
})
afterAll(() => world.stop())

async function suggest(files: Files) {
  const { mapping, notes } = await suggestMapping([await world.folder(files)])
  const read: unknown = parse(mapping)
  return { mapping, read, notes }
}

describe('a suggested mapping', () => {
  it('is written from English headers, with all that their values tell', async () => {
    const files = {
      'customers.csv':
        'Account ID,Company Name,Plan,CSM,Seats,Vip\nA1,Acme,pro,Sato,10,yes\nA2,Beta,basic,Abe,5,no\n',
      'subscriptions.csv':
        'subscription_id,account_id,plan,monthly_amount,currency,start_date,end_date\nS1,A1,pro,"1.234,50",EUR,31/01/2024,\nS2,A2,pro,"10,00",EUR,15/02/2024,01/03/2024\n',
      'usage.jsonl':
        '{"event_id":"e1","subscription_id":"S1","event":"login","timestamp":"2024-02-01T00:00:00Z","secs":4}\n',
    }
    const { mapping, read, notes } = await suggest(files)
    expect(notes).toEqual([])
    expect(read).toMatchObject({
      version: 1,
      files: [
        {
          file: 'customers.csv',
          target: 'accounts',
          account: 'Account ID',
          attributes: {
            name: 'Company Name',
            plan: 'Plan',
            owner: 'CSM',
            seats: { column: 'Seats', type: 'number' },
            vip: { column: 'Vip', type: 'boolean' },
          },
        },
        {
          target: 'contract_lines',
          id: 'subscription_id',
          account: 'account_id',
          fields: {
            amount: { column: 'monthly_amount', decimal: 'comma' },
            currency: 'currency',
            billingUnit: { value: 'month' },
            effectiveFrom: { column: 'start_date', format: 'dd/MM/yyyy' },
            effectiveTo: { column: 'end_date', format: 'dd/MM/yyyy' },
          },
        },
        {
          target: 'usage_events',
          id: 'event_id',
          account: {
            lookup: { file: 'subscriptions.csv', key: 'subscription_id', column: 'account_id' },
          },
          fields: {
            event: 'event',
            occurredAt: 'timestamp',
            properties: { columns: ['subscription_id', 'secs'] },
          },
        },
      ],
    })
    const summary = await world.run('suggested', files, mapping)
    expect(summary.files.map(({ stored, rejected }) => [stored, rejected])).toEqual([
      [2, 0],
      [2, 0],
      [1, 0],
    ])
  })

  it('is written from Japanese headers in Shift_JIS', async () => {
    const csv =
      '契約番号,顧客ID,製品名,月額料金,契約開始日,満了日,状態\n1,A1,勤怠,"￥10,000",2024年4月1日,2025年3月31日,有効\n2,A2,勤怠,"￥5,000",2024年5月1日,,審査中\n'
    const { mapping, read, notes } = await suggest({ '契約一覧.csv': iconv.encode(csv, 'cp932') })
    expect(notes).toEqual([])
    expect(read).toMatchObject({
      files: [
        {
          file: '契約一覧.csv',
          target: 'contract_lines',
          encoding: 'shift_jis',
          id: '契約番号',
          account: '顧客ID',
          fields: {
            product: '製品名',
            amount: '月額料金',
            currency: { value: 'JPY' },
            effectiveFrom: '契約開始日',
            effectiveThrough: '満了日',
            state: '状態',
          },
        },
      ],
    })
    expect(mapping).toContain('state: 状態 # please check: translate 審査中')
  })

  it('leaves open what the values leave open, and says what is missing', async () => {
    const { mapping, notes } = await suggest({
      'tickets.csv': 'ticket_id,account_id,created,priority,resolved_at\nT1,A1,x,high,01/02/2024\n',
    })
    expect(mapping).toContain('# please check: or MM/dd/yyyy')
    expect(mapping).toContain('# openedAt: …')
    expect(notes).toMatchObject([{ code: 'FIELD_MISSING' }])
  })

  it('leaves out files of which it cannot tell what they hold', async () => {
    const { read, notes } = await suggest({
      'accounts.csv': 'account_id,name\nA1,a\nA2,b\n',
      'colours.csv': 'hue,light\n1,2\n',
      'photo.csv': Buffer.from('89504e470d0a1a0a', 'hex'),
    })
    expect(read).toMatchObject({ files: [{ file: 'accounts.csv' }] })
    expect(notes.map(({ code, file }) => [code, file])).toEqual([
      ['TARGET_UNKNOWN', 'colours.csv'],
      ['FILE_UNREADABLE', 'photo.csv'],
    ])
  })

  it('is refused where no file can be understood', async () => {
    await expect(suggest({ 'a.csv': '' })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
    await expect(suggestMapping(['/nonexistent'])).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    })
  })

  const ravenstack = resolve(import.meta.dirname, '../../../../../../shared/data/ravenstack')
  it.skipIf(!existsSync(ravenstack))('of RavenStack is a valid one', async () => {
    const { mapping } = await suggestMapping([ravenstack])
    expect(parseMapping(mapping)).toMatchObject({ ok: true })
  })
})
