/** What `apply`, `export` and `retire` tell of definitions that stand in files. */
import { join } from 'node:path'
import type { Text } from '@tomoshibi/contract/text'
import { table } from './table.ts'
import type { Terminal } from './terminal.ts'

const words = {
  change: { en: 'Change', ja: '変更' },
  key: { en: 'Key', ja: 'キー' },
  version: { en: 'Version', ja: 'バージョン' },
  name: { en: 'Name', ja: '名前' },
  file: { en: 'File', ja: 'ファイル' },
  onlyTold: { en: 'Nothing was changed (--dry-run).', ja: '変更はしていません(--dry-run)。' },
} as const satisfies Record<string, Text>

const changes = {
  created: { en: 'created', ja: '追加' },
  changed: { en: 'changed', ja: '更新' },
  follows: { en: 'follows', ja: '追随' },
  unchanged: { en: 'unchanged', ja: '変更なし' },
} as const satisfies Record<string, Text>

interface Applied {
  readonly change: keyof typeof changes
  readonly key: string
  readonly version: number
  readonly name: Text
  /** Null where it follows another and no file names it. */
  readonly file: string | null
}

/** What became, or with `dryRun` would become, of each definition. */
export function appliedTable(
  dryRun: boolean,
  applied: readonly Applied[],
  { say }: Terminal,
): string {
  const columns = [words.change, words.key, words.version, words.name, words.file]
  const shown = table(
    columns.map((title) => ({ title: say(title) })),
    applied.map(({ change, key, version, name, file }) => [
      say(changes[change]),
      key,
      String(version),
      say(name),
      file ?? '',
    ]),
  )
  return dryRun ? `${shown}\n${say(words.onlyTold)}\n` : shown
}

interface Named {
  readonly key: string
  readonly version: number
}

/** The files that were written into a folder, one a line. */
export const writtenFiles = (folder: string, files: readonly Named[]): string =>
  files.map(({ key, version }) => `${join(folder, `${key}.yaml`)}  (v${version})\n`).join('')

/** That a definition is in force no more. */
export const retiredText = ({ key, version }: Named): Text => ({
  en: `${key} is retired after version ${version}. Applying its file again brings it back.`,
  ja: `${key} をバージョン ${version} で廃止しました。ファイルをもう一度適用すると復活します。`,
})
