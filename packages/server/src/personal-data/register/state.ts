import type { Text } from '@tomoshibi/contract/text'
import { all, type ColumnClass, type RegisteredTable, type Whose } from './register.ts'

const forEver: Text = { en: 'for ever', ja: '無期限' }
const nothing: Text = { en: 'nothing to erase', ja: '消去する対象なし' }
const mentions: Text = { en: 'mentions are taken out of texts', ja: '文章中の言及を取り除く' }
const goes: Text = { en: 'goes', ja: '削除' }

const row = (
  table: string,
  whose: Whose,
  purpose: Text,
  kept: Text,
  erased: Text,
  columns: Readonly<Record<string, ColumnClass>>,
): RegisteredTable => ({ store: 'state', table, whose, purpose, kept, erased, columns })

const ofMember: Text = {
  en: 'until they belong to no workspace any more and are erased',
  ja: 'どのワークスペースにも属さなくなり、消去されるまで',
}
const signingIn: Text = { en: 'signing in', ja: 'サインイン' }
const definitions: Text = {
  en: 'for ever: a figure names the definition that made it',
  ja: '無期限（指標は、もとになった定義を示すため）',
}
const definition = (table: string, purpose: Text, more: Readonly<Record<string, ColumnClass>>) =>
  row(table, 'nobody', purpose, definitions, mentions, {
    ...all('nobody', 'workspace_id', 'key', 'version', 'created_at'),
    ...more,
  })
const lampColumns = all('nobody', 'workspace_id', 'account_id', 'lamp_key', 'lamp_version')
const lampPurpose: Text = {
  en: 'which customer needs somebody, and what was done',
  ja: '対応が必要な顧客と、行った対応の記録',
}

const taskPurpose: Text = {
  en: 'what is to be done for a customer, by whom',
  ja: '顧客への対応内容と担当者',
}

const runPurpose: Text = {
  en: 'what a playbook did for a customer',
  ja: 'プレイブックで顧客に行ったことの記録',
}

export const stateRegister: readonly RegisteredTable[] = [
  row(
    'workspaces',
    'nobody',
    { en: 'companies that use the system', ja: '利用する会社' },
    forEver,
    mentions,
    { ...all('nobody', 'id', 'created_at'), ...all('text', 'name', 'settings') },
  ),
  row('users', 'members', signingIn, ofMember, goes, {
    ...all('nobody', 'created_at', 'updated_at', 'email_verified', 'language'),
    ...all('identity', 'id', 'name', 'email', 'image'),
  }),
  row('credentials', 'members', signingIn, ofMember, goes, {
    ...all('identity', 'user_id', 'account_id'),
    ...all('secret', 'password', 'access_token', 'refresh_token', 'id_token'),
    ...all('nobody', 'id', 'provider_id', 'access_token_expires_at', 'refresh_token_expires_at'),
    ...all('nobody', 'scope', 'created_at', 'updated_at'),
  }),
  row(
    'sessions',
    'members',
    signingIn,
    {
      en: 'two weeks after it was last used, or as the owner says',
      ja: '最後の利用から 2 週間、またはオーナーの設定による',
    },
    goes,
    {
      ...all('nobody', 'id', 'expires_at', 'signed_in_by', 'confirmed_at'),
      ...all('nobody', 'created_at', 'updated_at'),
      token: 'secret',
      ...all('identity', 'user_id', 'ip_address', 'user_agent'),
    },
  ),
  row(
    'verifications',
    'members',
    signingIn,
    { en: 'until its time is over', ja: '有効期限まで' },
    goes,
    {
      ...all('nobody', 'id', 'expires_at', 'created_at', 'updated_at'),
      identifier: 'identity',
      value: 'secret',
    },
  ),
  row('second_factors', 'members', signingIn, ofMember, goes, {
    ...all('nobody', 'since', 'last_step', 'failures', 'blocked_until'),
    user_id: 'identity',
  }),
  row('passkeys', 'members', signingIn, ofMember, goes, {
    ...all('nobody', 'id', 'counter', 'transports', 'backed_up', 'rp_id'),
    ...all('nobody', 'created_at', 'last_used_at'),
    ...all('identity', 'user_id', 'credential_id', 'public_key'),
    name: 'text',
  }),
  row('recovery_codes', 'members', signingIn, ofMember, goes, {
    user_id: 'identity',
    hash: 'secret',
    used_at: 'nobody',
  }),
  row(
    'members',
    'members',
    { en: 'who may do and see what', ja: '権限と閲覧範囲の管理' },
    { en: 'while they belong to the workspace', ja: 'メンバーである間' },
    goes,
    {
      ...all('nobody', 'workspace_id', 'role', 'team', 'joined_at'),
      ...all('identity', 'user_id', 'owner_name'),
    },
  ),
  row(
    'custom_roles',
    'nobody',
    { en: 'who may do and see what', ja: '権限と閲覧範囲の管理' },
    forEver,
    mentions,
    {
      ...all('nobody', 'workspace_id', 'key', 'permissions', 'own_accounts_only', 'created_at'),
      name: 'text',
    },
  ),
  row(
    'links',
    'members',
    { en: 'to join, or to choose a new password', ja: '招待とパスワードの再設定' },
    forEver,
    mentions,
    {
      ...all('nobody', 'id', 'kind', 'workspace_id', 'role', 'team', 'created_at', 'expires_at'),
      ...all('nobody', 'used_at', 'revoked_at'),
      ...all('identity', 'email', 'owner_name', 'made_by'),
      hash: 'secret',
    },
  ),
  ...(['api_keys', 'write_keys'] as const).map((table) =>
    row(
      table,
      'members',
      { en: 'letting programs in', ja: 'プログラムからの接続' },
      forEver,
      mentions,
      {
        ...all('nobody', 'id', 'workspace_id', 'hint', 'created_at', 'expires_at', 'last_used_at'),
        ...all('nobody', 'revoked_at'),
        name: 'text',
        hash: 'secret',
        ...(table === 'api_keys' ? { permissions: 'nobody', made_by: 'identity' } : {}),
      },
    ),
  ),
  row(
    'audit_log',
    'both',
    { en: 'who changed what', ja: '変更の記録' },
    forEver,
    {
      en: 'who it was becomes a random name, mentions are taken out, and the chain of hashes stays whole',
      ja: '本人を無作為な名前に置き換え、言及を取り除く。ハッシュの連鎖は保たれる',
    },
    {
      ...all('nobody', 'seq', 'workspace_id', 'at', 'actor_kind', 'action', 'outcome', 'code'),
      ...all('nobody', 'previous_hash', 'hash', 'salt'),
      ...all('identity', 'actor_id', 'actor_name', 'address', 'user_agent'),
      details: 'theirs',
    },
  ),
  row(
    'audit_rewritten',
    'nobody',
    { en: 'out of which entries somebody was taken', ja: '消去を反映した記録の一覧' },
    forEver,
    nothing,
    all('nobody', 'seq', 'erased_in', 'hash'),
  ),
  row(
    'erasures',
    'both',
    { en: 'receipts of erasures', ja: '消去の証明' },
    forEver,
    { en: 'says nothing of who was erased', ja: '対象者の情報は残らない' },
    {
      ...all('nobody', 'id', 'workspace_id', 'state', 'asked_at', 'done_at', 'receipt'),
      asked_by: 'identity',
      plan: 'identity',
    },
  ),
  row(
    'erased_ids',
    'customers',
    { en: 'who was erased stays erased', ja: '消去後の再取り込みの防止' },
    forEver,
    { en: 'stays: salted hashes', ja: '残る（ソルト付きハッシュ）' },
    all('nobody', 'workspace_id', 'hash', 'erasure_id'),
  ),
  row(
    'secrets',
    'nobody',
    { en: 'secrets that must be read again, sealed', ja: '復号が必要な秘密情報（封印済み）' },
    { en: 'until they are changed', ja: '変更されるまで' },
    nothing,
    { ...all('nobody', 'scope', 'name', 'key_id', 'changed_at'), sealed: 'secret' },
  ),
  row(
    'installation_settings',
    'nobody',
    { en: 'settings of the installation', ja: 'システム全体の設定' },
    forEver,
    nothing,
    { ...all('nobody', 'key', 'changed_at'), value: 'text' },
  ),
  row(
    'identity_providers',
    'nobody',
    { en: 'with which identity providers people sign in', ja: 'サインインに使う認証プロバイダー' },
    { en: 'until it is removed', ja: '削除されるまで' },
    nothing,
    {
      ...all('nobody', 'id', 'issuer', 'client_id', 'domains', 'joins_workspace_id', 'joins_role'),
      ...all('nobody', 'trusts_second_factor', 'enabled', 'created_at', 'changed_at'),
      name: 'text',
    },
  ),
  row('provider_identities', 'members', signingIn, ofMember, goes, {
    ...all('nobody', 'provider_id', 'linked_at', 'last_used_at'),
    ...all('identity', 'subject', 'user_id', 'email'),
  }),
  row(
    'provider_sessions',
    'nobody',
    signingIn,
    { en: 'as long as the session', ja: 'セッションと同じ' },
    goes,
    all('nobody', 'session_id', 'provider_id'),
  ),
  row(
    'provider_trips',
    'nobody',
    { en: 'the way to an identity provider and back', ja: '認証プロバイダーとの往復' },
    { en: 'until the next one after its time is over', ja: '期限後、次のサインインまで' },
    nothing,
    {
      ...all('nobody', 'provider_id', 'purpose', 'session_id', 'language', 'created_at'),
      ...all('nobody', 'expires_at'),
      hash: 'secret',
      return_to: 'text',
    },
  ),
  row(
    'mails',
    'both',
    { en: 'e-mails on their way, and whether they were sent', ja: '送信するメールと、その結果' },
    { en: '30 days', ja: '30 日' },
    goes,
    {
      ...all('nobody', 'id', 'kind', 'language', 'state', 'attempts', 'next_at', 'created_at'),
      ...all('nobody', 'done_at'),
      to_address: 'identity',
      problem: 'text',
    },
  ),
  row(
    'webhooks',
    'nobody',
    { en: 'addresses that are told of what happens', ja: '出来事を知らせる宛先' },
    { en: 'until it is removed', ja: '削除するまで' },
    nothing,
    {
      ...all('nobody', 'id', 'workspace_id', 'events', 'is_on', 'created_at', 'last_sent_at'),
      ...all('nobody', 'failures', 'paused_until', 'old_secret_until'),
      ...all('text', 'name', 'url', 'problem'),
    },
  ),
  row(
    'webhook_messages',
    'nobody',
    { en: 'messages to webhooks, and whether they were taken', ja: 'Webhook への送信と、その結果' },
    { en: '30 days', ja: '30 日' },
    nothing,
    {
      ...all('nobody', 'id', 'webhook_id', 'about', 'type', 'state', 'attempts', 'next_at'),
      ...all('nobody', 'created_at', 'done_at'),
      ...all('text', 'body', 'problem'),
    },
  ),
  row(
    'erasure_salts',
    'nobody',
    { en: 'who was erased stays erased', ja: '消去後の再取り込みの防止' },
    forEver,
    nothing,
    { workspace_id: 'nobody', salt: 'secret' },
  ),
  row(
    'person_links',
    'customers',
    { en: 'one person under several ids', ja: '同じ人の複数の ID の対応' },
    forEver,
    goes,
    { workspace_id: 'nobody', ...all('identity', 'person', 'is_person') },
  ),
  row(
    'person_accounts',
    'customers',
    { en: 'which customer a user belongs to', ja: '利用者が属する顧客' },
    forEver,
    goes,
    { ...all('nobody', 'workspace_id', 'account_id', 'since'), person: 'identity' },
  ),
  row(
    'event_progress',
    'nobody',
    { en: 'how far events have been taken in', ja: 'イベントの取り込み状況' },
    forEver,
    nothing,
    all('nobody', 'id', 'next_record'),
  ),
  row(
    'imports',
    'both',
    { en: 'what an import did', ja: 'インポートの記録' },
    forEver,
    {
      en: 'mentions are taken out; so they are of the files of rejected rows',
      ja: '言及を取り除く。取り込めなかった行のファイルも同様',
    },
    {
      ...all('nobody', 'id', 'workspace_id', 'state', 'dry_run', 'started_at', 'finished_at'),
      ...all('text', 'files', 'summary', 'error'),
    },
  ),
  row(
    'demonstrations',
    'nobody',
    { en: 'the demonstration company', ja: 'デモ用の会社' },
    forEver,
    nothing,
    all('nobody', 'workspace_id', 'state', 'accounts', 'months', 'seed', 'ends_on'),
  ),
  definition(
    'lamp_definitions',
    { en: 'definitions of lamps', ja: 'ランプの定義' },
    { definition: 'text' },
  ),
  definition(
    'custom_metrics',
    { en: 'definitions of metrics', ja: '指標の定義' },
    all('text', 'yaml', 'definition'),
  ),
  definition(
    'scorecards',
    { en: 'definitions of health scores', ja: 'ヘルススコアの定義' },
    { ...all('text', 'yaml', 'definition'), retired: 'nobody' },
  ),
  definition(
    'goals',
    { en: 'definitions of goals', ja: '目標の定義' },
    { ...all('text', 'yaml', 'definition'), retired: 'nobody' },
  ),
  row(
    'goal_notices',
    'members',
    { en: 'who was told that a goal left its course', ja: '目標の遅れを知らせた相手' },
    forEver,
    mentions,
    {
      ...all('nobody', 'id', 'workspace_id', 'goal_key', 'goal_version', 'left_on', 'at'),
      ...all('nobody', 'ended_on', 'ending'),
      told: 'identity',
      says: 'text',
    },
  ),
  row(
    'retired_metrics',
    'nobody',
    { en: 'definitions of metrics', ja: '指標の定義' },
    definitions,
    nothing,
    all('nobody', 'workspace_id', 'key', 'version', 'retired_at'),
  ),
  row(
    'evidence_checks',
    'nobody',
    { en: 'whether metrics and lamps hold true', ja: '指標とランプの検証' },
    forEver,
    nothing,
    all('nobody', 'workspace_id', 'subject', 'key', 'version', 'outcome', 'checked_at', 'found'),
  ),
  row('lamp_episodes', 'nobody', lampPurpose, forEver, mentions, {
    id: 'nobody',
    ...lampColumns,
    ...all('nobody', 'lit_on', 'cleared_on', 'cleared_by'),
    why: 'text',
  }),
  row('lamp_states', 'nobody', lampPurpose, forEver, mentions, {
    ...lampColumns,
    ...all('nobody', 'state', 'since', 'episode_id', 'condition_since', 'clear_since'),
    snoozed_until: 'nobody',
    ...all('text', 'snooze_reason', 'snooze_condition', 'why'),
  }),
  row('lamp_silences', 'members', lampPurpose, forEver, mentions, {
    ...all('nobody', 'id', 'workspace_id', 'account_id', 'lamp_key', 'silenced_at', 'until'),
    withdrawn_at: 'nobody',
    ...all('identity', 'silenced_by', 'withdrawn_by'),
    reason: 'text',
  }),
  row('lamp_retirements', 'members', lampPurpose, forEver, mentions, {
    ...all('nobody', 'id', 'workspace_id', 'lamp_key', 'retired_at', 'restored_at'),
    ...all('identity', 'retired_by', 'restored_by'),
    reason: 'text',
  }),
  row('lamp_escalations', 'members', lampPurpose, forEver, mentions, {
    ...all('nobody', 'episode_id', 'workspace_id', 'on_date', 'at', 'business_days'),
    recipients: 'identity',
  }),
  row('lamp_transitions', 'members', lampPurpose, forEver, mentions, {
    id: 'nobody',
    ...lampColumns,
    ...all('nobody', 'episode_id', 'on_date', 'at', 'from_state', 'to_state', 'cause'),
    actor: 'identity',
    ...all('text', 'reason', 'why'),
  }),
  row('lamp_evaluations', 'nobody', lampPurpose, forEver, nothing, {
    ...all('nobody', 'workspace_id', 'lamp_key', 'lamp_version', 'evaluated_through'),
  }),
  row('tasks', 'members', taskPurpose, forEver, mentions, {
    ...all('nobody', 'id', 'workspace_id', 'account_id', 'lamp_key', 'episode_id', 'due_on'),
    ...all('nobody', 'run_id', 'state', 'created_at', 'started_at', 'done_at', 'cancelled_at'),
    ...all('identity', 'owner', 'made_by', 'closed_by'),
    ...all('text', 'title', 'body', 'note'),
  }),
  definition(
    'playbook_definitions',
    { en: 'definitions of playbooks', ja: 'プレイブックの定義' },
    { definition: 'text' },
  ),
  row('playbook_runs', 'members', runPurpose, forEver, mentions, {
    ...all('nobody', 'id', 'workspace_id', 'playbook_key', 'playbook_version', 'account_id'),
    ...all('nobody', 'episode_id', 'state', 'step_id', 'waiting_since', 'next_at', 'begun_at'),
    ...all('nobody', 'ended_at', 'ending'),
    begun_by: 'identity',
    problem: 'text',
  }),
  row('playbook_steps', 'nobody', runPurpose, forEver, nothing, {
    ...all('nobody', 'run_id', 'step_id', 'workspace_id', 'place', 'outcome', 'at'),
    ...all('nobody', 'task_id', 'mail_id'),
  }),
  row('task_comments', 'members', taskPurpose, forEver, mentions, {
    ...all('nobody', 'id', 'workspace_id', 'task_id', 'made_at'),
    made_by: 'identity',
    text: 'text',
  }),
  row(
    'health_overrides',
    'members',
    { en: 'health scores that people set', ja: '人が設定したヘルススコア' },
    forEver,
    mentions,
    {
      ...all('nobody', 'id', 'workspace_id', 'account_id', 'score_hundredths', 'set_at', 'ends_on'),
      ...all('nobody', 'ends_at', 'withdrawn_at'),
      ...all('identity', 'set_by', 'withdrawn_by'),
      reason: 'text',
    },
  ),
]
