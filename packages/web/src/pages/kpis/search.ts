import * as z from 'zod'
export const kpiSearchSchema = z.object({})
