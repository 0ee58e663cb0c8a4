import { operations } from '../call/context.ts'
import { exportAudit, listAudit } from './service.ts'

const { audit } = operations

export const auditOperations = audit.router({
  list: audit.list.handler(({ context, input }) => listAudit(context, input)),
  export: audit.export.handler(({ context, input }) => exportAudit(context, input)),
})
