import { OpenAPIGenerator } from '@orpc/openapi'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { contract } from '@tomoshibi/contract/contract'
import { errorDataSchema, errorRegistry } from '@tomoshibi/contract/errors'
import { lampStateSchema } from '@tomoshibi/contract/light'
import { metricValueSchema } from '@tomoshibi/contract/metrics'
import { textSchema } from '@tomoshibi/contract/text'

const codes = Object.entries(errorRegistry)
  .map(([code, { status, what }]) => `| ${code} | ${status} | ${what.en} | ${what.ja} |`)
  .join('\n')

const description = `Customer success as lamps: one lights when a customer needs you, says what to do, and goes out when that worked.

Times are ISO 8601, days are calendar days of the workspace's time zone, money is an exact decimal string, and no data is null with a reason. Each operation names the permission it needs in \`x-permission\`.

Errors are JSON: \`code\` is one of the codes below, \`data.what\` and \`data.mend\` say in both languages what happened and how to mend it, \`data.problems\` lists all places where there are several.

| code | status | en | ja |
| --- | --- | --- | --- |
${codes}
`

/** Of the interface, not of the program: which one runs here is for nobody to look up. 0 = it may still change. */
const version = '0'

/** The OpenAPI document of all operations, made from the contract. */
export async function openApiDocument() {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  return await generator.generate(contract, {
    info: { title: 'Tomoshibi', version, description, license: { name: 'Apache-2.0' } },
    servers: [{ url: '/api' }],
    commonSchemas: {
      Text: { schema: textSchema },
      ErrorData: { schema: errorDataSchema },
      MetricValue: { schema: metricValueSchema, strategy: 'output' },
      LampState: { schema: lampStateSchema, strategy: 'output' },
    },
  })
}
