import { errorData } from '@tomoshibi/contract/errors'
import { FactsError } from '@tomoshibi/facts/errors'
import { StateError } from '@tomoshibi/state/errors'
import { expect, test } from 'vitest'
import { failureOf } from './failure.ts'

/** What whoever asked is told of an error, as text. */
const toldOf = (error: unknown): string => {
  const failure = failureOf(error)
  if (failure === null) throw new Error('it is no refusal')
  return JSON.stringify(errorData(failure.code, failure.details))
}

const engine = {
  engineMessage: 'inner words of the engine (version 26.7.1)',
  logFile: '/inner/process.log',
  queryId: 'inner-1',
  engineCode: '241',
}

test.each<[string, Error]>([
  ['a query that is too large', new FactsError('FACTS_QUERY_TOO_LARGE', 'inner words', engine)],
  ['a query that is too slow', new FactsError('FACTS_QUERY_TOO_SLOW', 'inner words', engine)],
  ['a fact store that is away', new FactsError('FACTS_UNAVAILABLE', 'inner words', engine)],
  ['a fact store that refuses', new FactsError('FACTS_ACCESS_REFUSED', 'inner words', engine)],
  [
    'a state store that is away',
    new StateError('STATE_UNAVAILABLE', 'inner words', { reason: 'connect inner-host:5432' }),
  ],
  ['a state store that refuses', new StateError('STATE_ACCESS_REFUSED', 'inner user', {})],
  [
    'a driver that finds no machine',
    Object.assign(new Error('getaddrinfo inner-host'), { code: 'ENOTFOUND' }),
  ],
])('%s is told of without addresses, users and words of the engine', (_, error) => {
  expect(toldOf(error)).not.toMatch(/inner|26\.7/)
})

test('what a text names is told', () => {
  const full = new StateError('STATE_DISK_FULL', 'no space', { path: '/data/state', log: 'inner' })
  expect(failureOf(full)).toMatchObject({ code: 'DATA_FOLDER_FULL', details: { needed: '300 MB' } })
  const away = failureOf(new FactsError('FACTS_UNAVAILABLE', 'inner words', engine))
  expect(away?.details).toEqual({ store: 'facts' })
})
