import type { HealthBand } from '@tomoshibi/contract/health'
import type { Text } from '@tomoshibi/contract/text'
import { shortPoints, signedPoints } from './points.ts'

export const bandWords: Readonly<Record<HealthBand, Text>> = {
  red: { en: 'red', ja: '赤' },
  yellow: { en: 'yellow', ja: '黄' },
  green: { en: 'green', ja: '緑' },
}

export interface SaidScore {
  readonly on: string
  /** Hundredths; null = no score. */
  readonly hundredths: number | null
  readonly band: HealthBand | null
  readonly coverage: number | null
  readonly scorecard: Text | null
  readonly isOverridden: boolean
}

export interface SaidMove {
  readonly name: Text
  readonly moved: number
  readonly from: Text
  readonly to: Text
  readonly byHand: boolean
}

/**
 * The score of an account and what moved it, in a sentence.
 *
 * @param moves the greatest first
 */
export function sayHealth(
  now: SaidScore,
  then: SaidScore,
  moves: readonly SaidMove[],
  computed: number | null,
): Text {
  const state = sayScore(now, computed)
  const moved = sayMoves(now, then, moves)
  return { en: `${state.en} ${moved.en}`, ja: `${state.ja}${moved.ja}` }
}

function sayScore(now: SaidScore, computed: number | null): Text {
  const { hundredths, band, coverage, scorecard } = now
  if (hundredths === null || band === null) {
    if (scorecard === null) {
      return { en: 'No scorecard fits this account.', ja: '条件に合うスコアカードがありません。' }
    }
    const share = Math.floor((coverage ?? 0) * 100)
    return {
      en: `There is no score: only ${share}% of the weight has a value.`,
      ja: `値のある項目の重みが${share}%しかないため、スコアはありません。`,
    }
  }
  const score = shortPoints(hundredths)
  const words = bandWords[band]
  if (!now.isOverridden) {
    return {
      en: `Health is ${score} (${words.en}).`,
      ja: `ヘルススコアは${score}(${words.ja})です。`,
    }
  }
  return computed === null
    ? {
        en: `Health is set to ${score} (${words.en}) by hand; nothing could be computed.`,
        ja: `ヘルススコアは手動で${score}(${words.ja})に設定されています(計算値なし)。`,
      }
    : {
        en: `Health is set to ${score} (${words.en}) by hand; computed it is ${shortPoints(computed)}.`,
        ja: `ヘルススコアは手動で${score}(${words.ja})に設定されています(計算値は${shortPoints(computed)})。`,
      }
}

function sayMoves(now: SaidScore, then: SaidScore, moves: readonly SaidMove[]): Text {
  if (now.hundredths === null) {
    return then.hundredths === null
      ? { en: '', ja: '' }
      : {
          en: `On ${then.on} it was ${shortPoints(then.hundredths)}.`,
          ja: `${then.on}には${shortPoints(then.hundredths)}でした。`,
        }
  }
  if (then.hundredths === null) {
    return { en: `On ${then.on} there was none.`, ja: `${then.on}にはスコアがありませんでした。` }
  }
  const change = now.hundredths - then.hundredths
  const real = moves.filter(({ moved }) => moved !== 0)
  if (change === 0 && real.length === 0) {
    return { en: `Nothing has moved since ${then.on}.`, ja: `${then.on}から変化はありません。` }
  }
  // What is under half a point is noise beside the first reason.
  const told = real.filter(({ moved }, k) => k === 0 || Math.abs(moved) >= 50)
  const because = told.slice(0, 3).map((move): Text => {
    const points = signedPoints(move.moved)
    if (move.byHand) {
      return { en: `set by hand (${points})`, ja: `手動の設定(${points})` }
    }
    return move.from.en === move.to.en
      ? {
          en: `${move.name.en} weighs differently (${points})`,
          ja: `${move.name.ja}の比重の変化(${points})`,
        }
      : {
          en: `${move.name.en} went from ${move.from.en} to ${move.to.en} (${points})`,
          ja: `${move.name.ja}が${move.from.ja}から${move.to.ja}に(${points})`,
        }
  })
  const en = because.map((each) => each.en).join('; ')
  const ja = because.map((each) => each.ja).join('、')
  if (change === 0) {
    return {
      en: `It is what it was on ${then.on}, though some of it moved: ${en}.`,
      ja: `${then.on}と同じスコアですが、内訳が変わりました: ${ja}。`,
    }
  }
  const size = shortPoints(Math.abs(change))
  const was = shortPoints(then.hundredths)
  return {
    en: `That is ${size} ${change < 0 ? 'less' : 'more'} than on ${then.on} (${was}), mostly as ${en}.`,
    ja: `${then.on}(${was})から${size}${change < 0 ? '下がり' : '上がり'}ました。主な理由: ${ja}。`,
  }
}
