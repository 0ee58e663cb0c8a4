/**
 * The fact engine's process. The engine's library holds a whole ClickHouse server; its exported C
 * function `query_stable_v2(argc, argv)` is that program's main function and returns when it ends.
 *
 * Plain JavaScript outside `src`, because the parent starts it by path from sources and from the build
 * alike. Arguments: those of the program, from `clickhouse` on.
 */

import { libchdbPath } from 'chdb/libchdb'
import { DataType, load, open } from 'ffi-rs'

// The parent may end in any way, kill -9 included: the channel to it then closes, and nothing that was
// acknowledged is lost by ending at once.
const endAtOnce = () => process.kill(process.pid, 'SIGKILL')
process.on('disconnect', endAtOnce)
if (!process.connected) endAtOnce()

const argv = process.argv.slice(2)
open({ library: 'engine', path: libchdbPath() })
await load({
  library: 'engine',
  funcName: 'query_stable_v2',
  retType: DataType.External,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [argv.length, argv],
  runInNewThread: true,
})
// The program waits for ever while all is well; that it came back means that it failed, and the reason
// is on the standard error output.
process.exit(1)
