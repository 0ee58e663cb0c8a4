import { type Permission, permissions } from './operation.ts'
import type { Text } from './text.ts'

/**
 * What only the command line on the machine itself may do, whatever role somebody has: imports make the
 * server read files by path, the doctor tells of the machine, a backup is every workspace at once, and so are
 * the keys of secrets.
 */
export const ofTheMachine = [
  'imports:run',
  'upkeep:read',
  'backup:make',
  'secrets:manage',
] as const satisfies readonly Permission[]

const machine: readonly Permission[] = ofTheMachine

/**
 * How what a permission opens stands to accounts. seen: it tells of the accounts that the caller sees, and of
 * no others. all: it tells of all of them or changes them, so that only who sees all may. none: of none.
 */
export const reachOf: Readonly<Record<Permission, 'none' | 'seen' | 'all'>> = {
  'workspace:read': 'seen',
  'workspace:configure': 'none',
  'people:read': 'none',
  'people:manage': 'none',
  'audit:read': 'all',
  'metrics:read': 'seen',
  'metrics:define': 'none',
  'accounts:read': 'seen',
  'lamps:read': 'seen',
  'lamps:act': 'seen',
  'lamps:evaluate': 'all',
  'lamps:define': 'none',
  'tasks:read': 'seen',
  'tasks:act': 'seen',
  'playbooks:read': 'seen',
  'playbooks:run': 'seen',
  'playbooks:define': 'none',
  'goals:read': 'all',
  'goals:define': 'none',
  'evidence:read': 'all',
  'imports:run': 'all',
  'quality:read': 'all',
  'keys:manage': 'all',
  'facts:write': 'all',
  'upkeep:read': 'all',
  'backup:make': 'all',
  'retention:manage': 'all',
  'secrets:manage': 'all',
  'webhooks:manage': 'all',
  'personal-data:manage': 'all',
  'installation:configure': 'none',
}

/** What each permission lets somebody do. */
export const permissionSays: Readonly<Record<Permission, Text>> = {
  'workspace:read': {
    en: 'see the workspace and how fresh its data is',
    ja: 'ワークスペースとデータの鮮度の閲覧',
  },
  'workspace:configure': {
    en: 'change settings of the workspace',
    ja: 'ワークスペースの設定の変更',
  },
  'people:read': { en: 'see people, roles and invitations', ja: 'メンバー・ロール・招待の閲覧' },
  'people:manage': {
    en: 'invite and change people, define roles',
    ja: 'メンバーの招待・変更とロールの定義',
  },
  'audit:read': { en: 'read and export the audit log', ja: '監査ログの閲覧とエクスポート' },
  'metrics:read': { en: 'see figures', ja: '指標の閲覧' },
  'metrics:define': { en: 'define metrics and health scores', ja: '指標とヘルススコアの定義' },
  'accounts:read': { en: 'see customers', ja: '顧客の閲覧' },
  'lamps:read': { en: 'see lamps and what they ask for', ja: 'ランプとその対応内容の閲覧' },
  'lamps:act': {
    en: 'act on lamps, and set scores by hand',
    ja: 'ランプへの対応とスコアの手動設定',
  },
  'lamps:evaluate': { en: 'evaluate lamps now', ja: 'ランプの即時評価' },
  'lamps:define': { en: 'define lamps', ja: 'ランプの定義' },
  'tasks:read': { en: 'see tasks', ja: 'タスクの閲覧' },
  'tasks:act': { en: 'make, change and finish tasks', ja: 'タスクの作成・変更・完了' },
  'playbooks:read': { en: 'see playbooks and their runs', ja: 'プレイブックと実行状況の閲覧' },
  'playbooks:run': {
    en: 'begin, pause and cancel runs of playbooks',
    ja: 'プレイブックの開始・一時停止・キャンセル',
  },
  'playbooks:define': { en: 'define playbooks', ja: 'プレイブックの定義' },
  'goals:read': { en: 'see goals and how they stand', ja: '目標と進捗の閲覧' },
  'goals:define': { en: 'define goals', ja: '目標の定義' },
  'evidence:read': { en: 'see what the evidence says', ja: '検証結果の閲覧' },
  'imports:run': { en: 'import files of the machine', ja: 'サーバー上のファイルのインポート' },
  'quality:read': { en: 'see contradictions in the data', ja: 'データの矛盾の閲覧' },
  'keys:manage': { en: 'make and revoke keys', ja: 'キーの作成と無効化' },
  'facts:write': { en: 'send records', ja: 'データの送信' },
  'upkeep:read': { en: 'examine the machine', ja: 'サーバーの診断' },
  'installation:configure': {
    en: 'change settings of the installation',
    ja: 'システム全体の設定の変更',
  },
  'backup:make': { en: 'make backups', ja: 'バックアップの作成' },
  'retention:manage': { en: 'choose how long facts are kept', ja: 'データの保存期間の設定' },
  'secrets:manage': { en: 'list and rotate secrets', ja: '秘密情報の一覧と鍵の更新' },
  'webhooks:manage': {
    en: 'have addresses told of what happens (webhooks)',
    ja: 'Webhook の管理',
  },
  'personal-data:manage': {
    en: 'export and erase the data of one person',
    ja: '個人データの書き出しと消去',
  },
}

/** What a role can be made of. */
export const grantable: readonly Permission[] = permissions.filter((one) => !machine.includes(one))

/**
 * Who chooses where e-mails go, or who vouches for people, could become anybody, an owner as well. It counts in the
 * installation's first workspace alone.
 */
const ofTheInstallation: Permission = 'installation:configure'

export const builtInRoleKeys = ['owner', 'admin', 'manager', 'csm', 'viewer'] as const
export type BuiltInRole = (typeof builtInRoleKeys)[number]

export interface Role {
  readonly name: Text
  readonly says: Text
  readonly permissions: readonly Permission[]
  /** Which accounts it sees: all of them, or what the workspace's setting `csmSees` says. */
  readonly accounts: 'all' | 'by_setting'
}

const reading: readonly Permission[] = [
  'workspace:read',
  'metrics:read',
  'accounts:read',
  'lamps:read',
  'tasks:read',
  'playbooks:read',
  'goals:read',
]

export const builtInRoles: Readonly<Record<BuiltInRole, Role>> = {
  owner: {
    name: { en: 'Owner', ja: 'オーナー' },
    says: {
      en: 'Everything in the workspace, other owners included.',
      ja: 'ワークスペースのすべて。ほかのオーナーの管理も含みます。',
    },
    permissions: grantable,
    accounts: 'all',
  },
  admin: {
    name: { en: 'Admin', ja: '管理者' },
    says: {
      en: 'People, keys, settings and definitions; everything but the owners and the installation.',
      ja: 'メンバー・キー・設定・定義の管理。オーナーとシステム全体の設定は変更できません。',
    },
    permissions: grantable.filter((one) => one !== ofTheInstallation),
    accounts: 'all',
  },
  manager: {
    name: { en: 'Manager', ja: 'マネージャー' },
    says: {
      en: 'All accounts, lamps, tasks, metrics and their definitions; sees people, does not change them.',
      ja: 'すべての顧客・ランプ・タスク・指標とその定義。メンバーは閲覧のみです。',
    },
    permissions: [
      ...reading,
      'metrics:define',
      'lamps:act',
      'tasks:act',
      'playbooks:run',
      'playbooks:define',
      'lamps:evaluate',
      'lamps:define',
      'goals:define',
      'evidence:read',
      'quality:read',
      'people:read',
    ],
    accounts: 'all',
  },
  csm: {
    name: { en: 'CSM', ja: 'CSM' },
    says: {
      en: 'Accounts, metrics, lamps and tasks, and acting on lamps and tasks; all accounts, or own and team’s by setting.',
      ja: '顧客・指標・ランプ・タスクの閲覧と、ランプとタスクへの対応。設定により全顧客、または自分とチームの顧客に限られます。',
    },
    permissions: [...reading, 'lamps:act', 'tasks:act', 'playbooks:run'],
    accounts: 'by_setting',
  },
  viewer: {
    name: { en: 'Viewer', ja: '閲覧者' },
    says: {
      en: 'Looks at everything and changes nothing.',
      ja: 'すべてを閲覧できますが、変更はできません。',
    },
    permissions: [...reading, 'evidence:read'],
    accounts: 'all',
  },
}
