#!/usr/bin/env node
import { existsSync } from 'node:fs'

// npm links this file before anything is built, so it must exist from the start.
const built = new URL('../dist/main.js', import.meta.url)
if (existsSync(built)) {
  const { main } = await import(built.href)
  await main(process.argv.slice(2))
} else {
  process.stderr.write(
    'Tomoshibi is not built yet. Run: npm run build\nまだビルドされていません。npm run build を実行してください。\n',
  )
  process.exitCode = 1
}
