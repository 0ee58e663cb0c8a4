import { operations } from '../../call/context.ts'
import { evidenceOfLamps } from './service.ts'

export const evidenceOperations = operations.evidence.router({
  lamps: operations.evidence.lamps.handler(({ context }) => evidenceOfLamps(context)),
})
