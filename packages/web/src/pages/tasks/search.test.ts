import { expect, test } from 'vitest'
import { tasksInput, tasksSearchSchema } from './search.ts'

test.each([
  [{}, { whose: 'all', state: 'open', due: 'any' }],
  [
    { whose: 'mine', due: 'overdue' },
    { whose: 'mine', state: 'open', due: 'overdue' },
  ],
  [
    { state: 'closed', whose: 'nobody', due: 3 },
    { whose: 'all', state: 'closed', due: 'any' },
  ],
])('the address %j asks for %j', (address, input) => {
  expect(tasksInput(tasksSearchSchema.parse(address))).toEqual(input)
})
