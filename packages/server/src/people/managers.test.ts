import { expect, test } from 'vitest'
import { managersOf } from './managers.ts'

const person = (name: string, role: string, team = '', ownerName = name.toLowerCase()) => ({
  ...{ name, role, team, ownerName },
  email: `${name.toLowerCase()}@example.com`,
})
const owner = person('Abe', 'owner')
const east = person('Ueda', 'manager', 'east')
const west = person('Wada', 'manager', 'west')
const sato = person('Sato', 'csm', 'east')

test.each([
  ['the managers of the team of the owner', [owner, east, west, sato], 'sato', ['Ueda']],
  [
    'also where accounts name the owner by address',
    [east, west, sato],
    'sato@example.com',
    ['Ueda'],
  ],
  ['all managers where the team has none', [owner, west, sato], 'sato', ['Wada']],
  ['all managers where nobody owns the account', [owner, east, west], null, ['Ueda', 'Wada']],
  ['all managers where the owner has no team', [east, person('Sato', 'csm')], 'sato', ['Ueda']],
  ['the owners of the workspace where there is no manager', [owner, sato], 'sato', ['Abe']],
  ['another manager where a manager owns the account', [east, west], 'ueda', ['Wada']],
  ['nobody where there is nobody else', [sato], 'sato', []],
])('stand over an account: %s', (_, members, of, names) => {
  expect(managersOf(members, of)).toEqual(names)
})
