import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vitest/config'
import { type Defence, defences } from './defences.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Code without a defence. @throws Error where the defence does not stand in it once */
export function withoutDefence(code: string, { attack, defence, without }: Defence): string {
  const parts = code.split(defence)
  if (parts.length !== 2) {
    throw new Error(`'${attack}': the defence stands ${parts.length - 1} times in its file`)
  }
  return parts.join(without)
}

/**
 * Runs tests as if one defence were not there: the file itself stays as it is.
 *
 * @param attack that of the defence; without it, nothing is taken out
 */
export function takingOut(attack: string | undefined): Plugin[] {
  if (attack === undefined) return []
  const taken = defences.find((one) => one.attack === attack)
  if (taken === undefined) throw new Error(`no defence is known against '${attack}'`)
  return [
    {
      name: 'without-a-defence',
      enforce: 'pre',
      transform: (code, id) =>
        id.split('?', 1)[0] === `${root}${taken.file}` ? withoutDefence(code, taken) : null,
    },
  ]
}
