import { defineConfig } from 'drizzle-kit'

// `npm run migration -w packages/state -- --name what_changes` writes the next migration from the
// difference between the schema and the last one.
export default defineConfig({
  dialect: 'postgresql',
  schema: './src/schema/*.ts',
  out: './migrations',
})
