import type { Language } from '@tomoshibi/contract/text'
import { type AccountChange, type Content, oneLine, type PasswordLink } from './mail.ts'

/** A mail before it becomes text and HTML: nothing in it is markup. */
export interface Letter {
  readonly subject: string
  readonly paragraphs: readonly string[]
  readonly button: { readonly label: string; readonly url: string } | null
  readonly after: readonly string[]
}

const changes: Readonly<Record<AccountChange, Readonly<Record<Language, string>>>> = {
  password: { en: 'Your password was changed', ja: 'パスワードが変更されました' },
  second_factor_on: {
    en: 'A second step was added to your sign-in',
    ja: 'サインインに 2 段階認証が追加されました',
  },
  second_factor_off: {
    en: 'The second step of your sign-in was removed',
    ja: 'サインインの 2 段階認証が解除されました',
  },
  second_factor_reset: {
    en: 'Somebody who manages people removed the second step of your sign-in',
    ja: '管理者がサインインの 2 段階認証を解除しました',
  },
  recovery_code: {
    en: 'A recovery code was used to sign in to your account',
    ja: 'リカバリーコードでサインインされました',
  },
  passkey_added: { en: 'A passkey was added to your account', ja: 'パスキーが追加されました' },
  passkey_removed: {
    en: 'A passkey was removed from your account',
    ja: 'パスキーが削除されました',
  },
  single_sign_on: {
    en: 'Your account was connected with single sign-on',
    ja: 'シングルサインオンがアカウントに連携されました',
  },
}

const instant = (iso: string): string => iso.replace('T', ' ').replace(/(:\d\d)?(\.\d+)?Z$/, ' UTC')

/** @param origin what links begin with @param link for a forgotten password */
export function letterOf(
  content: Content,
  language: Language,
  origin: string,
  link: PasswordLink | null,
): Letter {
  const en = language === 'en'
  switch (content.kind) {
    case 'test':
      return {
        subject: en ? 'Test e-mail from Tomoshibi' : 'Tomoshibi からのテストメール',
        paragraphs: [
          en
            ? `E-mails of Tomoshibi at ${origin} arrive.`
            : `${origin} の Tomoshibi からのメールが届いています。`,
        ],
        button: null,
        after: [],
      }
    case 'invitation': {
      const workspace = oneLine(content.workspace)
      const by = content.invitedBy === null ? null : oneLine(content.invitedBy)
      const role = content.role[language]
      return {
        subject: en ? `You are invited to ${workspace}` : `「${workspace}」への招待`,
        paragraphs: [
          en
            ? `${by ?? 'An administrator'} invites you to ${workspace} on Tomoshibi, as ${role}.`
            : `${by === null ? '管理者' : `${by} さん`}から、Tomoshibi の「${workspace}」に招待されています(ロール: ${role})。`,
        ],
        button: { label: en ? 'Join' : '参加する', url: `${origin}${content.path}` },
        after: [
          en
            ? `The link is good once, until ${instant(content.expiresAt)}. If you expected no invitation, leave it.`
            : `リンクは 1 回だけ、${instant(content.expiresAt)} まで使えます。お心当たりがなければ、このメールは無視してください。`,
        ],
      }
    }
    case 'forgotten_password': {
      if (link === null) throw new Error('a mail for a forgotten password without a link')
      const name = oneLine(link.name)
      return {
        subject: en ? 'Choose a new password' : '新しいパスワードの設定',
        paragraphs: [
          en ? `Hello ${name},` : `${name} さん`,
          en
            ? 'somebody asked for a new password for your account. If it was you, choose one here:'
            : 'アカウントの新しいパスワードの設定が求められました。ご本人であれば、こちらから設定してください。',
        ],
        button: {
          label: en ? 'Choose a password' : 'パスワードを設定',
          url: `${origin}${link.path}`,
        },
        after: [
          en
            ? `The link is good once, for ${link.hours} hour. If it was not you, nothing has changed: leave this e-mail.`
            : `リンクは 1 回だけ、${link.hours} 時間以内に使えます。お心当たりがなければ、何も変わっていませんので、このメールは無視してください。`,
        ],
      }
    }
    case 'playbook':
      return {
        subject: oneLine(content.subject, 150),
        paragraphs: content.body.split(/\n\s*\n/).map((paragraph) => paragraph.trim()),
        button: null,
        after: [],
      }
    case 'account_change': {
      const what = changes[content.change][language]
      const name = oneLine(content.name)
      const from = content.address ?? (en ? 'the machine of the server' : 'サーバーのマシン')
      return {
        subject: what,
        paragraphs: [
          en ? `Hello ${name},` : `${name} さん`,
          en
            ? `${what}: on ${instant(content.at)}, from ${from}.`
            : `${what}(${instant(content.at)}、接続元: ${from})。`,
        ],
        button: null,
        after: [
          en
            ? `If it was not you, choose a new password at ${origin} and tell whoever manages your workspace.`
            : `お心当たりがない場合は、${origin} で新しいパスワードを設定し、ワークスペースの管理者にお知らせください。`,
        ],
      }
    }
  }
}
