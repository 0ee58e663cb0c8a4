import { at } from './calendar.ts'
import { Sheets } from './files.ts'
import { peopleOf } from './people.ts'
import { type Story, storyOf } from './story.ts'
import { type AccountTruth, truthOf } from './truth.ts'
import { type SimulationOptions, type World, worldOf } from './world.ts'
import { writeBase } from './write-base.ts'
import { writeInvoices } from './write-billing.ts'
import { writeOnboarding } from './write-onboarding.ts'
import { writeTouchpoints } from './write-touch.ts'
import { writeUsage } from './write-usage.ts'
import { writeVoice } from './write-voice.ts'

/** One account: its rows as CSV text, and the truth about it. */
export interface SimulatedAccount {
  readonly accountId: string
  readonly sheets: Sheets
  readonly truth: AccountTruth
}

/**
 * A plausible company's accounts, one after another. An account depends on the seed and the dates,
 * never on how many others there are, so that memory stays small however many are asked for.
 *
 * @throws SimulationError when an option is out of its range.
 */
export function simulateCompany(options: SimulationOptions): Iterable<SimulatedAccount> {
  const world = worldOf(options)
  return (function* () {
    for (let index = 0; index < options.accounts; index++) {
      const story = storyOf(world, index)
      yield {
        accountId: story.profile.accountId,
        sheets: sheetsOf(world, story),
        truth: truthOf(story),
      }
    }
  })()
}

/** What the files say of one account, exported at 00:00 of the world's last day. */
export function sheetsOf(world: World, story: Story, exportedAt = at(world.end, 0)): Sheets {
  const sheets = new Sheets(exportedAt)
  const people = peopleOf(story)
  writeBase(story, people, sheets)
  const metered = writeUsage(story, people, sheets)
  writeVoice(story, people, sheets)
  writeInvoices(story, metered, sheets)
  writeTouchpoints(story, people, sheets)
  writeOnboarding(story, sheets)
  return sheets
}
