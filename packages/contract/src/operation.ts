import { oc } from '@orpc/contract'
import { mayFail } from './errors.ts'

/** What a caller must be allowed to do. Every operation names exactly one. */
export const permissions = [
  'workspace:read',
  'workspace:configure',
  'people:read',
  'people:manage',
  'metrics:read',
  'metrics:define',
  'accounts:read',
  'lamps:read',
  'lamps:act',
  'lamps:evaluate',
  'lamps:define',
  'goals:read',
  'goals:define',
  'evidence:read',
  'imports:run',
  'quality:read',
  'keys:manage',
  'facts:write',
  'upkeep:read',
  'backup:make',
  'retention:manage',
] as const
export type Permission = (typeof permissions)[number]

/** What an operation names in place of a permission where it is open to anybody, or to who is signed in. */
export const openTo = ['anyone', 'signed_in'] as const
export type Requirement = Permission | (typeof openTo)[number]
export const requirements: readonly Requirement[] = [...openTo, ...permissions]

export interface OperationMeta {
  readonly permission: Requirement
}

/** The start of every operation: its permission and the errors that any operation may return. */
export const operation = (permission: Requirement) =>
  oc
    .$meta<OperationMeta>({ permission })
    .route({ spec: (described) => ({ ...described, 'x-permission': permission }) })
    .errors(
      mayFail(
        'BAD_INPUT',
        'SIGN_IN_NEEDED',
        'FORBIDDEN',
        'NEEDS_ALL_ACCOUNTS',
        'STORE_UNAVAILABLE',
        'QUERY_TOO_LARGE',
        'INTERNAL',
      ),
    )
