import { pick, type Random, randomStream } from './random.ts'

export const industries = [
  { key: '製造', words: ['製作所', '精機', '工業', 'マテリアル'], en: 'Works' },
  { key: '小売', words: ['商店', 'マート', 'ストアーズ', '百貨'], en: 'Stores' },
  { key: '物流', words: ['物流', '運輸', 'ロジテム', '倉庫'], en: 'Logistics' },
  { key: '建設', words: ['建設', '工務店', '設備', '土木'], en: 'Builders' },
  { key: '医療・福祉', words: ['メディカル', 'ケアサービス', '福祉会', '薬局'], en: 'Care' },
  { key: '飲食', words: ['フーズ', 'ダイニング', '食品', 'キッチン'], en: 'Foods' },
  { key: 'IT', words: ['システム', 'ソフト', 'テック', '情報'], en: 'Systems' },
  { key: '教育', words: ['学習社', 'アカデミー', '教育出版', 'スクール'], en: 'Learning' },
] as const

export type Industry = (typeof industries)[number]

const imagined = [
  'あさぎり',
  'ひなたぼし',
  'しらなみ',
  'こもれび',
  'ゆきしずく',
  'かぜのおか',
  'つきみだい',
  'みずかがみ',
  'はるかぜの',
  'ほしくず',
  'さざなみ',
  'くもまち',
  'いろは坂',
  'たそがれ',
  'あまつぶ',
  'もりのね',
  'ことのは',
  'うみねこ',
  'すずなり',
  'かわせみ',
  'ゆうなぎ',
  'とびうめ',
  'しおかぜ',
  'まつかさ',
  'ふゆいちご',
  'わかくさ台',
  'そらまめ',
  'なないろ',
  'みちしるべ',
  'おぼろづき',
  'いわつばめ',
] as const

const imaginedEnglish = [
  'Quillmere',
  'Northquay',
  'Amberfold',
  'Tidewick',
  'Larkspindle',
  'Copperfen',
  'Mossgate',
  'Vellumbrook',
  'Hartwillow',
  'Pinecairn',
  'Saltmarrow',
] as const

const surnames = [
  ['佐藤', 'sato'],
  ['鈴木', 'suzuki'],
  ['田中', 'tanaka'],
  ['山本', 'yamamoto'],
  ['吉田', 'yoshida'],
  ['山田', 'yamada'],
  ['松本', 'matsumoto'],
  ['井上', 'inoue'],
  ['木村', 'kimura'],
  ['清水', 'shimizu'],
  ['森', 'mori'],
  ['池田', 'ikeda'],
  ['橋本', 'hashimoto'],
  ['石川', 'ishikawa'],
  ['前田', 'maeda'],
  ['岡田', 'okada'],
  ['藤井', 'fujii'],
  ['村上', 'murakami'],
  ['近藤', 'kondo'],
  ['坂本', 'sakamoto'],
] as const

const givenNames = [
  ['翔太', 'shota'],
  ['陽菜', 'hina'],
  ['大輝', 'daiki'],
  ['美優', 'miyu'],
  ['拓也', 'takuya'],
  ['恵', 'megumi'],
  ['直樹', 'naoki'],
  ['由美', 'yumi'],
  ['誠', 'makoto'],
  ['香織', 'kaori'],
  ['浩二', 'koji'],
  ['智子', 'tomoko'],
  ['亮', 'ryo'],
  ['真由', 'mayu'],
  ['健', 'ken'],
  ['沙織', 'saori'],
] as const

/** Every 12th account has an English name. */
const englishEvery = 12

/** How many names there are before they are numbered. */
const distinctNames = imagined.length * 4

/**
 * The invented name of an account. It depends on the account's number and industry only, and no two
 * accounts share one: within an industry each number gets another pair of words.
 */
export function companyName(index: number, industry: Industry): string {
  const round = Math.floor(index / industries.length)
  if (index % englishEvery === englishEvery - 1) {
    const word = imaginedEnglish[round % imaginedEnglish.length]
    const lap = Math.floor(round / imaginedEnglish.length)
    return `${word} ${industry.en}${lap > 0 ? ` ${lap + 1}` : ''}`
  }
  // 37 shares no factor with the number of pairs, so the steps meet every pair before repeating one;
  // each industry begins elsewhere.
  const pair = (round * 37 + industries.indexOf(industry) * 19) % distinctNames
  const lap = Math.floor(round / distinctNames)
  const word = imagined[pair % imagined.length]
  const name = `${word}${industry.words[Math.floor(pair / imagined.length)]}`
  const numbered = lap > 0 ? `${name}${lap + 1}` : name
  return index % 3 === 0 ? `${numbered}株式会社` : `株式会社${numbered}`
}

/** Industries take turns, so that an account's industry follows from its number. */
export function industryOf(index: number, seed: string): Industry {
  const turn = Math.floor(index / industries.length)
  const shift = Math.floor(randomStream(seed, 'industries', turn).next() * industries.length)
  return industries[(index + shift) % industries.length] ?? industries[0]
}

export interface PersonName {
  readonly full: string
  readonly mailbox: string
}

export function personName(random: Random): PersonName {
  const [surname, latinSurname] = pick(random, surnames)
  const [given, latinGiven] = pick(random, givenNames)
  return { full: `${surname} ${given}`, mailbox: `${latinGiven}.${latinSurname}` }
}

export interface Csm {
  readonly name: string
  /** How readily this CSM, seeing an account at risk, goes through with a rescue plan. */
  readonly rescueShare: number
}

export const csms: readonly [Csm, ...Csm[]] = [
  { name: '高橋 美咲', rescueShare: 0.7 },
  { name: '伊藤 健太', rescueShare: 0.25 },
  { name: '中村 さくら', rescueShare: 0.55 },
  { name: '小林 大輔', rescueShare: 0.4 },
  { name: '渡辺 結衣', rescueShare: 0.5 },
]
