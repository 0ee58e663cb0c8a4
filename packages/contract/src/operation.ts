import { oc } from '@orpc/contract'
import { mayFail } from './errors.ts'

/** What a caller must be allowed to do. Every operation names exactly one. */
export const permissions = [
  'workspace:read',
  'workspace:configure',
  'people:read',
  'people:manage',
  'audit:read',
  'metrics:read',
  'metrics:define',
  'accounts:read',
  'lamps:read',
  'lamps:act',
  'lamps:evaluate',
  'lamps:define',
  'tasks:read',
  'tasks:act',
  'playbooks:read',
  'playbooks:run',
  'playbooks:define',
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
  'secrets:manage',
  'personal-data:manage',
  'installation:configure',
  'webhooks:manage',
] as const
export type Permission = (typeof permissions)[number]

/** What an operation names in place of a permission where it is open to anybody, or to who is signed in. */
export const openTo = ['anyone', 'signed_in'] as const
export type Requirement = Permission | (typeof openTo)[number]
export const requirements: readonly Requirement[] = [...openTo, ...permissions]

/** What the audit log tells of an operation: nothing unless it is refused, or that it was done. */
export type Audited = 'refusals' | 'change' | 'export'

export interface OperationMeta {
  readonly permission: Requirement
  /** Where it differs from what permission and method say. */
  readonly audit?: Audited
  /** A person must have shown who they are a short while ago, not only have a session. */
  readonly confirmed?: true
}

/** For so long after a person showed who they are, they are not asked again. */
export const confirmedMinutes = 30

/** What is read is not told of; whatever else is asked for is a change. */
export function auditOf(meta: OperationMeta, method: string | undefined): Audited {
  if (meta.audit !== undefined) return meta.audit
  return method === 'GET' || meta.permission.endsWith(':read') ? 'refusals' : 'change'
}

/**
 * The start of every operation: its permission and the errors that any operation may return.
 *
 * @param audit what the audit log tells of it, where that differs from what permission and method say
 */
export const operation = (permission: Requirement, audit?: Audited) =>
  oc
    .$meta<OperationMeta>({ permission, ...(audit === undefined ? {} : { audit }) })
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

/** As `operation`, for what matters so much that an unlocked screen or a stolen cookie must not be enough. */
export const confirmedOperation = (permission: Requirement, audit?: Audited) =>
  operation(permission, audit)
    .meta({ permission, confirmed: true })
    .errors(mayFail('CONFIRMATION_NEEDED'))
