import type { Text } from '@tomoshibi/contract/text'

/** What the first bytes of a file look like, where they say so. */
export type Looks =
  | { readonly as: 'gzip' }
  | { readonly as: 'parquet' }
  | { readonly as: 'jsonl' }
  | { readonly as: 'other'; readonly name: Text }
  | { readonly as: 'text' }

const same = (name: string): Text => ({ en: name, ja: name })

const magics: readonly { readonly bytes: string; readonly name: Text }[] = [
  { bytes: '504b0304', name: { en: 'an Excel workbook or ZIP', ja: 'Excel ブックまたは ZIP' } },
  { bytes: '504b0506', name: { en: 'a ZIP', ja: 'ZIP' } },
  { bytes: 'd0cf11e0a1b11ae1', name: { en: 'an old Excel workbook', ja: '旧形式の Excel ブック' } },
  { bytes: '255044462d', name: { en: 'a PDF', ja: 'PDF' } },
  { bytes: '89504e470d0a1a0a', name: { en: 'a PNG image', ja: 'PNG 画像' } },
  { bytes: 'ffd8ff', name: { en: 'a JPEG image', ja: 'JPEG 画像' } },
  { bytes: '47494638', name: { en: 'a GIF image', ja: 'GIF 画像' } },
  {
    bytes: '53514c69746520666f726d6174',
    name: { en: 'an SQLite database', ja: 'SQLite データベース' },
  },
  { bytes: '4f626a01', name: same('Avro') },
  { bytes: '4f5243', name: same('ORC') },
  { bytes: '28b52ffd', name: { en: 'packed with zstd', ja: 'zstd 圧縮' } },
  { bytes: '425a68', name: { en: 'packed with bzip2', ja: 'bzip2 圧縮' } },
  { bytes: 'fd377a585a00', name: { en: 'packed with xz', ja: 'xz 圧縮' } },
  { bytes: '7f454c46', name: { en: 'a program', ja: 'プログラム' } },
]

/** Tells by the first bytes what a file is, whatever its name says. */
export function looksLike(head: Buffer): Looks {
  const hex = head.subarray(0, 16).toString('hex')
  if (hex.startsWith('1f8b')) return { as: 'gzip' }
  if (hex.startsWith('50415231')) return { as: 'parquet' }
  for (const magic of magics) {
    if (hex.startsWith(magic.bytes)) return { as: 'other', name: magic.name }
  }
  const start = head.subarray(0, 1024).toString('latin1').replace(/^ï»¿/, '').trimStart()
  if (/^(<!doctype html|<html)/i.test(start)) {
    return { as: 'other', name: { en: 'a web page', ja: 'Web ページ' } }
  }
  if (start.startsWith('<?xml')) return { as: 'other', name: same('XML') }
  if (/^\[\s*[{[]/.test(start)) {
    return {
      as: 'other',
      name: {
        en: 'a JSON array (give JSON Lines, one object a line)',
        ja: 'JSON 配列（1 行に 1 オブジェクトの JSON Lines にしてください）',
      },
    }
  }
  if (/^\{\s*("|\})/.test(start)) return { as: 'jsonl' }
  return { as: 'text' }
}
