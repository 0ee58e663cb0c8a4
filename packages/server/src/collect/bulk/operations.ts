import { operations } from '../../call/context.ts'
import { putRecords } from './service.ts'

const { facts } = operations

export const factsOperations = facts.router({
  put: facts.put.handler(({ context, input }) => putRecords(context, input.type, input.records)),
})
