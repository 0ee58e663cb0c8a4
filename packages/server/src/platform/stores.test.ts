import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { fixedClock } from './clock.ts'
import { readConfig } from './config.ts'
import { silentLog } from './log.ts'
import { openStores, type Stores } from './stores.ts'
import { getWorkspace, updateWorkspace, updateWorkspaceSettings } from './workspace.ts'

let dataDir: string
let stores: Stores
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'tomoshibi-stores-'))
  stores = await openStores(readConfig({ TOMOSHIBI_DATA: dataDir }), silentLog)
})
afterAll(async () => {
  await stores.close()
  rmSync(dataDir, { recursive: true })
})

describe('the stores', () => {
  it('are both there, with their tables, in one folder and without any address', async () => {
    await stores.state.ping()
    const counted = {
      sql: 'SELECT count() AS n FROM contract_lines WHERE workspace_id = {w:String}',
    }
    const rows = await stores.facts.query(
      { ...counted, params: { w: 'main' } },
      z.object({ n: z.string() }),
    )
    expect(rows).toEqual([{ n: '0' }])
  })

  it('leave nothing running when one of them cannot be opened', async () => {
    const config = readConfig({
      TOMOSHIBI_DATA: mkdtempSync(join(dataDir, 'half-')),
      DATABASE_URL: 'postgresql://nobody:secret@127.0.0.1:1/none',
    })
    await expect(openStores(config, silentLog)).rejects.toMatchObject({ code: 'STATE_UNAVAILABLE' })
    // The other child would hold its folder.
    const again = await openStores({ ...config, databaseUrl: null }, silentLog)
    await again.close()
    await again.close()
  })
})

describe('the workspace', () => {
  const at = '2026-04-01T00:00:00Z'
  const ports = (workspaceId: string) => ({
    workspaceId,
    state: stores.state,
    clock: fixedClock(at),
  })

  it('is made with the default settings when it is first asked for, once', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => getWorkspace(ports('main'))))
    expect(one).toEqual(two)
    expect(one?.createdAt.toString()).toBe(at)
    expect(one?.settings).toMatchObject({
      timeZone: 'Asia/Tokyo',
      fiscalYearStartMonth: 4,
      currency: 'JPY',
      reactivationMaxGapDays: null,
      netChurnCountsReactivation: false,
      churnDate: 'contract_end',
      renewalGraceDays: 30,
      grossMarginPercent: 100,
      npsWindowDays: 90,
      mrrBasis: 'net',
      onboardingTargetDays: 90,
    })
  })

  it('keeps what was set, and only of the one workspace', async () => {
    await updateWorkspaceSettings(ports('a'), { currency: 'USD', reactivationMaxGapDays: 90 })
    await updateWorkspace(ports('a'), { name: 'Acme', settings: { timeZone: 'Europe/London' } })
    const { name, settings } = await getWorkspace(ports('a'))
    expect(name).toBe('Acme')
    expect(settings).toMatchObject({
      currency: 'USD',
      reactivationMaxGapDays: 90,
      timeZone: 'Europe/London',
    })
    expect((await getWorkspace(ports('b'))).settings.currency).toBe('JPY')
  })

  it('loses no change when two are made at once', async () => {
    await getWorkspace(ports('busy'))
    await Promise.all([
      updateWorkspaceSettings(ports('busy'), { currency: 'EUR' }),
      updateWorkspaceSettings(ports('busy'), { npsWindowDays: 30 }),
      updateWorkspaceSettings(ports('busy'), { mrrBasis: 'gross' }),
    ])
    const { settings } = await getWorkspace(ports('busy'))
    expect(settings).toMatchObject({ currency: 'EUR', npsWindowDays: 30, mrrBasis: 'gross' })
  })

  it('refuses settings that are wrong or unknown, all at once, and changes nothing', async () => {
    const wrong = { timeZone: 'Asia/Edo', currency: 'QQQ', fiscalYearStartMonth: 13, colour: 'red' }
    await expect(
      updateWorkspaceSettings(ports('c'), { ...wrong, npsWindowDays: 30 }),
    ).rejects.toMatchObject({ code: 'BAD_INPUT', problems: { length: 4 } })
    expect((await getWorkspace(ports('c'))).settings.npsWindowDays).toBe(90)
    for (const timeZone of ['+09:00', '', 'Tokyo']) {
      await expect(updateWorkspaceSettings(ports('c'), { timeZone })).rejects.toMatchObject({
        code: 'BAD_INPUT',
      })
    }
  })
})
