import { depthIn, type Expr, sizeIn } from '../condition/syntax.ts'
import type { Text } from '../text.ts'

/** What the engine reads as one expression, with room to spare. */
const mostSteps = 300
const deepest = 40

/** Whether an expression is longer or deeper than the engine would read. */
export const tooLong = (e: Expr): boolean => sizeIn(e) > mostSteps || depthIn(e) > deepest

export const tooLongText: Text = {
  en: `It has more than ${mostSteps} names, numbers and signs, or more than ${deepest} within one another; make several metrics of it.`,
  ja: `名前・数値・演算子が ${mostSteps} 個を超えているか、${deepest} 段を超えて入れ子になっています。複数の指標に分けてください。`,
}
