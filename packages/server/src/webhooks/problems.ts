import type { Text } from '@tomoshibi/contract/text'

/** Why a message did not arrive: a name, and what tells it apart from others of that name. */
export const problem = {
  http: (status: number) => `http ${status}`,
  redirect: (status: number) => `redirect ${status}`,
  privateAddress: 'private_address',
  late: 'late',
  noConnection: (code: string) => (code === '' ? 'no_connection' : `no_connection ${code}`),
  noAddress: 'no_address',
  noSecret: 'no_secret',
  waited: (days: number) => `waited ${days}`,
} as const

/** What a problem is, in words. */
export function sayProblem(stored: string): Text {
  const [name = '', more = ''] = stored.split(' ')
  switch (name) {
    case 'http':
      return { en: `HTTP ${more}`, ja: `HTTP ${more}` }
    case 'redirect':
      return {
        en: `HTTP ${more}: redirects are not followed`,
        ja: `HTTP ${more}: リダイレクトはたどりません`,
      }
    case 'private_address':
      return {
        en: 'its address is one of a private network',
        ja: 'プライベートネットワークのアドレスです',
      }
    case 'late':
      return { en: 'no answer in time', ja: '時間内に応答がありませんでした' }
    case 'no_connection':
      return more === ''
        ? { en: 'no connection', ja: '接続できませんでした' }
        : { en: `no connection (${more})`, ja: `接続できませんでした(${more})` }
    case 'no_address':
      return {
        en: 'its address is not allowed any more',
        ja: '宛先のアドレスが許可されなくなりました',
      }
    case 'no_secret':
      return {
        en: 'its secret cannot be opened',
        ja: 'シークレットを復号できません',
      }
    case 'waited':
      return { en: `not taken within ${more} days`, ja: `${more} 日以内に受け取られませんでした` }
    default:
      throw new Error(`a problem of a webhook that nobody knows: ${name}`)
  }
}
