import 'i18next'
import type { en } from './en.ts'

type Same<T> = { [K in keyof T]: T[K] extends string ? string : Same<T[K]> }
/** Plural forms differ by language, so only what is not one must be there in each. */
type Unplural<T> = {
  [K in keyof T as K extends `${string}_${'one' | 'other'}` ? never : K]: T[K] extends string
    ? string
    : Unplural<T[K]>
}

/** The texts of a language: what English has, every one. Plural forms are checked by a test. */
export type Resources = Unplural<Same<typeof en>>

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    resources: typeof en
    returnNull: false
  }
}
