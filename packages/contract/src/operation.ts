import { oc } from '@orpc/contract'
import { mayFail } from './errors.ts'

/** What a caller must be allowed to do. Every operation names exactly one. */
export const permissions = [
  'workspace:read',
  'metrics:read',
  'metrics:define',
  'accounts:read',
  'lamps:read',
  'lamps:act',
  'lamps:evaluate',
  'lamps:define',
  'evidence:read',
  'imports:run',
  'quality:read',
  'keys:manage',
  'facts:write',
  'upkeep:read',
  'backup:make',
] as const
export type Permission = (typeof permissions)[number]

export interface OperationMeta {
  readonly permission: Permission
}

/** The start of every operation: its permission and the errors that any operation may return. */
export const operation = (permission: Permission) =>
  oc
    .$meta<OperationMeta>({ permission })
    .route({ spec: (described) => ({ ...described, 'x-permission': permission }) })
    .errors(mayFail('BAD_INPUT', 'FORBIDDEN', 'STORE_UNAVAILABLE', 'QUERY_TOO_LARGE', 'INTERNAL'))
