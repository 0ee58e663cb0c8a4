import { type ErrorCode, errorData } from '@tomoshibi/contract/errors'
import type { Text } from '@tomoshibi/contract/text'
import type { CheckName, Diagnosis, Finding } from '@tomoshibi/contract/upkeep'
import { Temporal } from 'temporal-polyfill'
import type { Chain } from '../../audit/service.ts'
import type { Migrations } from '../../platform/migrations.ts'
import { nameOfSource } from '../../secrets/keys.ts'
import type { SecretsHealth } from '../../secrets/service.ts'
import { version } from '../../version.ts'
import { policies } from '../retention/retention.ts'
import type { RetentionState } from '../retention/service.ts'

const gibibyte = 2 ** 30
const mebibyte = 2 ** 20

export const ok = (check: CheckName, en: string, ja: string): Finding => ({
  check,
  level: 'ok',
  what: { en, ja },
  mend: null,
})
const warning = (check: CheckName, what: Text, mend: Text): Finding => ({
  check,
  level: 'warning',
  what,
  mend,
})
const trouble = (check: CheckName, what: Text, mend: Text): Finding => ({
  check,
  level: 'trouble',
  what,
  mend,
})

/** Trouble in the words of the error registry. */
export function troubleOf(
  check: CheckName,
  code: ErrorCode,
  details: Readonly<Record<string, string>>,
): Finding {
  const { what, mend } = errorData(code, details)
  return trouble(check, what, mend)
}

/** All findings together. @param checkedAt now */
export const diagnosis = (
  findings: readonly Finding[],
  checkedAt: Temporal.Instant,
): Diagnosis => ({
  version,
  checkedAt: checkedAt.toString({ smallestUnit: 'millisecond' }),
  healthy: findings.every(({ level }) => level !== 'trouble'),
  findings: [...findings],
})

const storeNames = {
  facts: { en: 'The fact store', ja: 'ファクトストア' },
  state: { en: 'The state store', ja: '状態ストア' },
} as const
export type StoreName = keyof typeof storeNames

const leastNode = [20, 19] as const

/** @param nodeVersion as Node tells it, such as `v20.19.0` */
export function checkProgram(nodeVersion: string): Finding {
  const [major = 0, minor = 0] = nodeVersion.replace(/^v/, '').split('.').map(Number)
  const [leastMajor, leastMinor] = leastNode
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) {
    const text = `Tomoshibi ${version}, Node.js ${nodeVersion}`
    return ok('program', text, text)
  }
  return trouble(
    'program',
    {
      en: `Node.js ${nodeVersion} is too old for Tomoshibi ${version}.`,
      ja: `Node.js ${nodeVersion} は Tomoshibi ${version} には古すぎます。`,
    },
    {
      en: 'Install Node.js 20.19 or later, then run npm install.',
      ja: 'Node.js 20.19 以降を入れてから npm install を実行してください。',
    },
  )
}

const size = (bytes: number): string =>
  bytes >= gibibyte ? `${(bytes / gibibyte).toFixed(1)} GB` : `${Math.floor(bytes / mebibyte)} MB`

/** Below this neither store can be sure to recover from a crash. */
const leastFreeBytes = 300 * mebibyte
const lowFreeBytes = 2 * gibibyte

/** @param freeBytes free where the data folder is */
export function checkDisk(folder: string, freeBytes: number): Finding {
  if (freeBytes < leastFreeBytes) {
    return troubleOf('disk', 'DATA_FOLDER_FULL', { folder, needed: size(leastFreeBytes) })
  }
  const free = size(freeBytes)
  if (freeBytes >= lowFreeBytes) return ok('disk', `${free} are free.`, `空きは ${free} です。`)
  return warning(
    'disk',
    { en: `Only ${free} are free for ${folder}.`, ja: `${folder} の空きは ${free} だけです。` },
    {
      en: 'Free some space, or move the data folder to a larger disk, before it is full.',
      ja: 'いっぱいになる前に空きを作るか、データフォルダーを大きなディスクに移してください。',
    },
  )
}

/** @param restarts how often an engine of ours fell since the server started */
export function checkRestarts(store: StoreName, restarts: number): Finding {
  const { en, ja } = storeNames[store]
  if (restarts === 0) {
    return ok('engines', `${en} has not fallen since the start.`, `${ja}は起動後に落ちていません。`)
  }
  const folder = store === 'facts' ? 'facts/log' : 'log'
  return warning(
    'engines',
    {
      en: `${en} fell ${restarts} times since the start and was started again.`,
      ja: `${ja}が起動後に ${restarts} 回落ち、再起動されました。`,
    },
    {
      en: `See ${folder} in the data folder. Where the system ran out of memory, give it more or lower TOMOSHIBI_MEMORY.`,
      ja: `データフォルダーの ${folder} をご確認ください。メモリー不足の場合は、メモリーを増やすか TOMOSHIBI_MEMORY を下げてください。`,
    },
  )
}

export function checkMigrations(store: StoreName, { known, applied }: Migrations): Finding {
  const { en, ja } = storeNames[store]
  if (applied === known) {
    return ok('migrations', `${en} is up to date (${known}).`, `${ja}は最新です(${known})。`)
  }
  if (applied > known) return troubleOf('migrations', 'STORE_NEWER', { store })
  return warning(
    'migrations',
    {
      en: `${en} is ${known - applied} migrations behind this program.`,
      ja: `${ja}には、まだ適用されていない移行が ${known - applied} 件あります。`,
    },
    {
      en: 'The next start of the server brings it up to date. Take a backup before it.',
      ja: 'サーバーの次の起動時に適用されます。その前にバックアップをお取りください。',
    },
  )
}

/** What offset of a zone the program and both stores see, in minutes, at some instants. */
export interface ZoneOffsets {
  readonly timeZone: string
  /** By instant: offsets of the program, the fact store and the state store. */
  readonly at: readonly {
    readonly instant: string
    readonly program: number
    readonly facts: number
    readonly state: number
  }[]
}

/** Days and months are cut by the program and by both stores, so that they must agree on the zone. */
export function checkZones({ timeZone, at }: ZoneOffsets): Finding {
  const different = at.find(({ program, facts, state }) => program !== facts || program !== state)
  if (different === undefined) {
    return ok(
      'time_zones',
      `The program and both stores agree on ${timeZone}.`,
      `プログラムと両ストアの ${timeZone} の時差は一致しています。`,
    )
  }
  const { instant, program, facts, state } = different
  const found = `Node.js ${program}, ClickHouse ${facts}, PostgreSQL ${state}`
  return trouble(
    'time_zones',
    {
      en: `The offset of ${timeZone} at ${instant} differs, in minutes: ${found}. Figures near the ends of days may be wrong.`,
      ja: `${instant} の ${timeZone} の時差(分)が食い違っています: ${found}。日付の境目で数値が誤るおそれがあります。`,
    },
    {
      en: 'Update what is oldest of Node.js, ClickHouse and PostgreSQL: their time zone data differ.',
      ja: 'Node.js・ClickHouse・PostgreSQL のうち古いものを更新してください。タイムゾーンデータが異なります。',
    },
  )
}

const clockToleranceMs = 5 * 60_000

/** @param newestKnownAtMs when the newest fact became known; null = there are none */
export function checkClock(nowMs: number, newestKnownAtMs: number | null): Finding {
  if (newestKnownAtMs === null || newestKnownAtMs <= nowMs + clockToleranceMs) {
    return ok('clock', 'No fact is from the future.', '未来の時刻のデータはありません。')
  }
  const newest = Temporal.Instant.fromEpochMilliseconds(newestKnownAtMs).toString()
  return warning(
    'clock',
    {
      en: `The newest fact became known at ${newest}, which is still to come.`,
      ja: `最新のデータの記録時刻が ${newest} で、まだ来ていない時刻です。`,
    },
    {
      en: 'Check the clock of this machine, and what sources say in known_at.',
      ja: 'このマシンの時計と、取り込み元の known_at の値をご確認ください。',
    },
  )
}

export interface JournalState {
  readonly bytes: number
  readonly mostBytes: number
  readonly oldestAtMs: number | null
  /** Files of the journal that cannot be read to their end. */
  readonly damaged: readonly string[]
}

/** A long import has the turn for minutes; longer than this, something holds events up. */
const lateMs = 2 * 60_000
const tooLateMs = 15 * 60_000

export function checkJournal(journal: JournalState, nowMs: number): Finding[] {
  const { bytes, mostBytes, oldestAtMs, damaged } = journal
  const broken = damaged.map((file) =>
    trouble(
      'journal',
      {
        en: `A part of the journal of events cannot be read: ${file}.`,
        ja: `イベントのジャーナルの一部が読めません: ${file}。`,
      },
      {
        en: 'Check the disk. What cannot be read is lost; take a copy of journal/ before you do anything.',
        ja: 'ディスクをご確認ください。読めない部分は失われています。作業の前に journal/ を複製してください。',
      },
    ),
  )
  const waitedMs = oldestAtMs === null ? 0 : Math.max(0, nowMs - oldestAtMs)
  const seconds = Math.round(waitedMs / 1000)
  const what = {
    en: `${size(bytes)} of events wait to become facts, the oldest for ${seconds} s.`,
    ja: `${size(bytes)} のイベントが反映待ちです(最長 ${seconds} 秒)。`,
  }
  const mend = {
    en: 'An import that runs holds events up until it ends. If none runs, see the log for why they cannot be stored: log/tomoshibi.log.',
    ja: '取り込みの実行中は、終わるまで反映が待たされます。実行中でなければ、保存できない理由を log/tomoshibi.log でご確認ください。',
  }
  if (waitedMs > tooLateMs || bytes > mostBytes * 0.9) {
    return [...broken, trouble('journal', what, mend)]
  }
  if (waitedMs > lateMs || bytes > mostBytes * 0.5) {
    return [...broken, warning('journal', what, mend)]
  }
  return [...broken, { check: 'journal', level: 'ok', what, mend: null }]
}

export interface FailedJobs {
  readonly queue: string
  readonly count: number
  readonly lastAt: string | null
}

export function checkJobs(failed: readonly FailedJobs[]): Finding[] {
  if (failed.length === 0) return [ok('jobs', 'No job has failed.', '失敗したジョブはありません。')]
  return failed.map(({ queue, count, lastAt }) =>
    warning(
      'jobs',
      {
        en: `${count} jobs '${queue}' have failed, the last at ${lastAt ?? 'an unknown time'}.`,
        ja: `ジョブ「${queue}」が ${count} 件失敗しています(最後: ${lastAt ?? '不明'})。`,
      },
      {
        en: "The log says why: log/tomoshibi.log. 'tomoshibi lamps evaluate' does by hand what evaluate-lamps does.",
        ja: '理由は log/tomoshibi.log にあります。evaluate-lamps の処理は tomoshibi lamps evaluate で手動でも行えます。',
      },
    ),
  )
}

/** @param failedId of the last import of the workspace, when that failed */
export function checkImports(failedId: string | null): Finding {
  if (failedId === null) {
    return ok('imports', 'The last import did not fail.', '最後の取り込みは失敗していません。')
  }
  return warning(
    'imports',
    {
      en: `The last import failed (${failedId}).`,
      ja: `最後の取り込みが失敗しました(${failedId})。`,
    },
    {
      en: 'Run it again: what it stored already is not stored twice.',
      ja: 'もう一度実行してください。保存済みのものが重複することはありません。',
    },
  )
}

/** @param through the last day for which all lamps were evaluated; null = never */
export function checkLamps(through: string | null, today: string): Finding {
  const yesterday = Temporal.PlainDate.from(today).subtract({ days: 1 }).toString()
  if (through !== null && through >= yesterday) {
    return ok(
      'lamps',
      `Lamps are evaluated through ${through}.`,
      `ランプは ${through} まで評価済みです。`,
    )
  }
  return warning(
    'lamps',
    {
      en:
        through === null
          ? 'No lamp was ever evaluated.'
          : `Lamps are evaluated through ${through} only.`,
      ja:
        through === null
          ? 'ランプはまだ評価されていません。'
          : `ランプの評価は ${through} までです。`,
    },
    {
      en: "The server evaluates them at its start and every night. Start it, or run 'tomoshibi lamps evaluate'.",
      ja: 'サーバーは起動時と毎晩に評価します。サーバーを起動するか、tomoshibi lamps evaluate を実行してください。',
    },
  )
}

/** Whether facts past their period are deleted, and figures of use still have their zone. */
export function checkRetention({ unfinished, late, otherZone }: RetentionState): Finding[] {
  const found: Finding[] = []
  const waiting = [...new Set([...unfinished, ...late])]
  if (waiting.length > 0) {
    const named = (language: 'en' | 'ja') =>
      waiting.map((table) => policies[table].label[language]).join(', ')
    found.push(
      warning(
        'retention',
        {
          en: `Facts that are past their period are still there: ${named('en')}.`,
          ja: `保存期間を過ぎたデータが残っています: ${named('ja')}。`,
        },
        {
          en: "The server deletes them every night. Start it, or run 'tomoshibi retention apply', which says why where it does not.",
          ja: 'サーバーが毎晩削除します。サーバーを起動するか、tomoshibi retention apply を実行してください。削除できない場合は理由を表示します。',
        },
      ),
    )
  }
  if (otherZone !== null) {
    found.push(
      warning(
        'retention',
        {
          en: `Figures of use have no value: their events are deleted, and their days are those of ${otherZone}.`,
          ja: `利用の指標が値なしになっています。元のイベントは削除済みで、集計は ${otherZone} の日付で行われているためです。`,
        },
        {
          en: `Set the time zone back: tomoshibi workspace set --time-zone ${otherZone}`,
          ja: `タイムゾーンを戻してください: tomoshibi workspace set --time-zone ${otherZone}`,
        },
      ),
    )
  }
  if (found.length > 0) return found
  return [ok('retention', 'No fact is past its period.', '保存期間を過ぎたデータはありません。')]
}

/** @param chain of the audit log, its hashes reckoned anew */
export function checkAudit({ entries, lastHash, brokenAt }: Chain): Finding {
  if (brokenAt === null) {
    const end = entries === 0 ? '' : lastHash
    return ok(
      'audit',
      entries === 0
        ? 'The audit log is empty.'
        : `The audit log has ${entries} entries, each as it was written; the last hash is ${end}.`,
      entries === 0
        ? '監査ログは空です。'
        : `監査ログの ${entries} 件はすべて書き込み時のままです。最後のハッシュは ${end} です。`,
    )
  }
  return trouble(
    'audit',
    {
      en: `The audit log was changed from outside: entry ${brokenAt} is missing or not as it was written.`,
      ja: `監査ログが外部から変更されています。${brokenAt} 番の記録が欠けているか、書き込み時と異なります。`,
    },
    {
      en: 'Find out who can write to PostgreSQL, and compare with a backup from before.',
      ja: 'PostgreSQL に書き込める人を確認し、以前のバックアップと比べてください。',
    },
  )
}

/** @param health how the sealed secrets stand to the keys that there are */
export function checkSecrets({ sealed, withoutKey, damaged, source }: SecretsHealth): Finding {
  if (withoutKey > 0) {
    return troubleOf('secrets', 'SECRET_KEY_MISSING', { source: nameOfSource(source) })
  }
  if (damaged > 0) {
    return trouble(
      'secrets',
      {
        en: `${damaged} of ${sealed} sealed secrets were changed, or belong elsewhere.`,
        ja: `保護された秘密情報 ${sealed} 件のうち ${damaged} 件が改変されたか、別の場所のものです。`,
      },
      {
        en: 'Enter them anew, or restore a backup; tomoshibi secrets list shows which there are.',
        ja: 'もう一度入力するか、バックアップから復元してください。一覧は tomoshibi secrets list で確認できます。',
      },
    )
  }
  if (sealed === 0) {
    return ok('secrets', 'No secrets are kept.', '保管している秘密情報はありません。')
  }
  if (source.kind !== 'data_folder') {
    return ok(
      'secrets',
      `All ${sealed} secrets are sealed, with a key outside the data folder.`,
      `秘密情報 ${sealed} 件はすべて、データフォルダーの外の鍵で保護されています。`,
    )
  }
  return warning(
    'secrets',
    {
      en: `All ${sealed} secrets are sealed, but their key lies in the data folder: whoever copies the folder can read them.`,
      ja: `秘密情報 ${sealed} 件は保護されていますが、鍵がデータフォルダーにあります。フォルダーをコピーした人は読み取れます。`,
    },
    {
      en: `Stop the server, move ${source.path} elsewhere, and name its new place in TOMOSHIBI_SECRET_KEY_FILE.`,
      ja: `サーバーを停止し、${source.path} を別の場所に移して、その場所を TOMOSHIBI_SECRET_KEY_FILE に指定してください。`,
    },
  )
}

/** @param failed how many e-mails were given up in the last seven days */
export function checkMail(failed: number): Finding {
  if (failed === 0) {
    return ok(
      'mail',
      'No e-mail was given up in the last 7 days.',
      '過去 7 日間に送信を断念したメールはありません。',
    )
  }
  return warning(
    'mail',
    {
      en: `${failed} e-mails could not be sent in the last 7 days.`,
      ja: `過去 7 日間に、${failed} 件のメールを送信できませんでした。`,
    },
    {
      en: 'tomoshibi mail list says why; test the server with tomoshibi mail test ADDRESS.',
      ja: '理由は tomoshibi mail list で確認できます。tomoshibi mail test アドレス でサーバーを試してください。',
    },
  )
}
