import type { ImportState } from '@tomoshibi/contract/collect'
import type { Text } from '@tomoshibi/contract/text'
import { Presets, SingleBar } from 'cli-progress'
import type { Terminal } from './terminal.ts'

type Progress = ImportState['progress']

const phases = {
  waiting: { en: 'Waiting for another import', ja: '別の取り込みを待っています' },
  reading: { en: 'Reading', ja: '読み込み中' },
  comparing: { en: 'Comparing', ja: '比較中' },
  storing: { en: 'Storing', ja: '保存中' },
  lighting: { en: 'Evaluating lamps', ja: 'ランプを評価中' },
} as const satisfies Record<Progress['phase'], Text>

const rowsWord: Text = { en: 'rows', ja: '行' }

export interface ProgressDisplay {
  show(progress: Progress): void
  end(): void
}

/** How far an import is: a bar for whoever watches, else a line at each tenth and each phase. */
export function importProgress(terminal: Terminal): ProgressDisplay {
  return terminal.watched ? bar(terminal) : lines(terminal)
}

function bar(terminal: Terminal): ProgressDisplay {
  const single = new SingleBar(
    {
      format: `{bar} {percentage}%  {phase}  {rows} ${terminal.say(rowsWord)}  {file}`,
      stream: process.stderr,
      // Ctrl+C ends the process as it always does, so there must be nothing to put right.
      hideCursor: false,
      linewrap: true,
      gracefulExit: false,
      clearOnComplete: true,
      stopOnComplete: false,
    },
    Presets.shades_classic,
  )
  let started = false
  return {
    show: (progress) => {
      const payload = {
        phase: terminal.say(phases[progress.phase]),
        rows: new Intl.NumberFormat(terminal.locale).format(progress.rows),
        file: progress.file ?? '',
      }
      const total = Math.max(progress.total, 1)
      if (!started) single.start(total, progress.done, payload)
      started = true
      single.setTotal(total)
      single.update(progress.done, payload)
    },
    end: () => {
      if (started) single.stop()
    },
  }
}

function lines(terminal: Terminal): ProgressDisplay {
  let last = ''
  return {
    show: (progress) => {
      const tenths = Math.floor((10 * progress.done) / Math.max(progress.total, 1))
      const moves = progress.phase === 'reading' || progress.phase === 'lighting'
      const step = `${progress.phase} ${moves ? tenths : ''}`
      if (step === last) return
      last = step
      const share = moves ? ` ${tenths * 10}%` : ''
      const rows = new Intl.NumberFormat(terminal.locale).format(progress.rows)
      const phase = terminal.say(phases[progress.phase])
      terminal.err(`${phase}${share}  ${rows} ${terminal.say(rowsWord)}\n`)
    },
    end: () => {},
  }
}
