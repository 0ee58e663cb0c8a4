import { describe, expect, it } from 'vitest'
import { checkedSettings, describeSettings, settingNames } from './workspace-settings.ts'

describe('settings of a workspace', () => {
  it('all say what they decide, in both languages', () => {
    const all = describeSettings(checkedSettings({}), {})
    expect(all.map(({ key }) => key)).toEqual(settingNames)
    expect(all.filter(({ says }) => says.en === '' || says.ja === says.en)).toEqual([])
    expect(all.filter(({ value }) => value === undefined)).toEqual([])
  })

  it('keep what was chosen apart from what is a default', () => {
    const chosen = { currency: 'USD' }
    const [currency] = describeSettings(checkedSettings(chosen), chosen).filter(
      ({ key }) => key === 'currency',
    )
    expect(currency).toMatchObject({ value: 'USD', default: 'JPY', chosen: true })
  })

  it.each([
    [{ timeZone: 'Asia/Tokio' }, 'Did you mean Asia/Tokyo?', 'Asia/Tokyo のことでしょうか。'],
    [{ currency: 'JPX' }, 'Did you mean JPY', 'JPY'],
    [{ mrrBasis: 'nett' }, 'Did you mean net?', 'net のことでしょうか。'],
    [{ renewlGraceDays: 3 }, 'Did you mean renewalGraceDays?', 'という設定はありません'],
    [{ renewalGraceDays: -1 }, 'renewalGraceDays: ', 'renewalGraceDays: '],
    [
      { selfSufficientWhen: 'adoption_rat > 0.5' },
      'Did you mean adoption_rate?',
      'adoption_rate のことでしょうか。',
    ],
    [{ businessHours: { from: '18:00', to: '09:00' } }, 'must end after', '終了時刻'],
    [{ timeZone: '+09:00' }, 'IANA', 'タイムゾーンではありません'],
  ])('%j is refused with what may have been meant', (chosen, en, ja) => {
    const text = { en: expect.stringContaining(en), ja: expect.stringContaining(ja) }
    expect(() => checkedSettings(chosen)).toThrow(
      expect.objectContaining({
        code: 'BAD_INPUT',
        problems: [expect.objectContaining({ text })],
      }),
    )
  })
})
