import { addDays, addMonths, monthOf, nextMonday } from '../../format/calendar.ts'

export const snoozePresets = [
  'tomorrow',
  'threeDays',
  'nextMonday',
  'twoWeeks',
  'nextMonth',
] as const
export type SnoozePreset = (typeof snoozePresets)[number]

/** The day that a preset means, seen from today. `nextMonth` is the first of the next month. */
export function snoozeDay(preset: SnoozePreset, today: string): string {
  switch (preset) {
    case 'tomorrow':
      return addDays(today, 1)
    case 'threeDays':
      return addDays(today, 3)
    case 'nextMonday':
      return nextMonday(today)
    case 'twoWeeks':
      return addDays(today, 14)
    case 'nextMonth':
      return `${addMonths(monthOf(today), 1)}-01`
  }
}
