import { operations } from '../call/context.ts'

const { upkeep } = operations

export const upkeepOperations = upkeep.router({
  doctor: upkeep.doctor.handler(({ context }) => context.examine()),
})
