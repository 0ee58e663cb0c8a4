import type { StatementTaken } from '@tomoshibi/facts/store'
import { expect, test } from 'vitest'
import { engineMender } from './engine-mender.ts'

type Failure = StatementTaken['failure']

const write = (failure: Failure = null) => ({ kind: 'insert', failure }) as const
const read = (failure: Failure = null) => ({ kind: 'query', failure }) as const

function mended() {
  const renewed: string[] = []
  let nowMs = 0
  const told = engineMender(
    (why) => renewed.push(why),
    () => nowMs,
  )
  return { renewed, told, wait: (ms: number) => (nowMs += ms) }
}

test('an engine that works, or whose statements are wrong, is left alone', () => {
  const { renewed, told } = mended()
  for (const taken of [write(), read(), read('FACTS_QUERY_FAILED'), write('FACTS_UNAVAILABLE')]) {
    told(taken)
  }
  expect(renewed).toEqual([])
})

test('one that cannot read its files is restarted, once a minute at most', () => {
  const { renewed, told, wait } = mended()
  told(read('FACTS_DAMAGED'))
  told(read('FACTS_DAMAGED'))
  expect(renewed).toEqual(['damaged'])
  wait(60_000)
  told(write('FACTS_DAMAGED'))
  expect(renewed).toEqual(['damaged', 'damaged'])
})

test('one whose disk was full is restarted when it can write again, not before', () => {
  const { renewed, told, wait } = mended()
  told(write('FACTS_DISK_FULL'))
  told(read())
  expect(renewed).toEqual([])
  told(write())
  told(write())
  expect(renewed).toEqual(['was full'])
  // Full again at once: the restart is made up for.
  told(write('FACTS_DISK_FULL'))
  told(write())
  expect(renewed).toEqual(['was full'])
  wait(60_000)
  told(write())
  expect(renewed).toEqual(['was full', 'was full'])
})
