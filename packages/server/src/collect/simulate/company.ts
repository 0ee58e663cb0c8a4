import { type FileHandle, open, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolders } from '../../platform/folders.ts'
import { isoDate } from './calendar.ts'
import { type FileKey, fileKeys, headerOf } from './files.ts'
import { companyMapping } from './mapping.ts'
import { simulateCompany } from './simulate.ts'
import { type AccountTruth, laws } from './truth.ts'
import { type SimulationOptions, worldOf } from './world.ts'

export interface WrittenCompany {
  /** The CSV files, in the order in which an import reads them best. */
  readonly files: readonly string[]
  readonly mappingFile: string
  /** What really happened; never imported. */
  readonly truthFile: string
  readonly rows: Readonly<Record<FileKey, number>>
}

/** The truth file's content. */
export interface CompanyTruth {
  readonly version: 1
  readonly company: {
    readonly accounts: number
    readonly months: number
    readonly seed: string
    /** Use, tickets, invoices and so on begin here; contracts may be older. */
    readonly startsOn: string
    /** The first day not in the files. */
    readonly endsOn: string
  }
  readonly laws: typeof laws
  readonly accounts: readonly AccountTruth[]
}

/** Bytes of a file that are collected before they are written. */
const blockSize = 1 << 18

/**
 * Writes a company as CSV files, their mapping and the truth into a folder, which is made when it is
 * missing; files of an earlier company there are replaced. Each file appears under its name only
 * when it is whole.
 *
 * @param onAccount is told how many accounts are done.
 * @throws SimulationError when an option is out of its range; an error of the file system as it is.
 */
export async function writeCompany(
  options: SimulationOptions,
  outDir: string,
  onAccount: (done: number) => void = () => {},
): Promise<WrittenCompany> {
  const world = worldOf(options)
  makeFolders(outDir)
  const outputs: Output[] = []
  const accounts: AccountTruth[] = []
  try {
    for (const key of fileKeys) outputs.push(await Output.open(key, outDir))
    for (const account of simulateCompany(options)) {
      for (const output of outputs) {
        await output.write(account.sheets.text(output.key), account.sheets.rowCount(output.key))
      }
      accounts.push(account.truth)
      onAccount(accounts.length)
    }
    for (const output of outputs) await output.finish()
  } finally {
    for (const output of outputs) await output.close()
  }

  const truth: CompanyTruth = {
    version: 1,
    company: {
      accounts: options.accounts,
      months: options.months,
      seed: world.seed,
      startsOn: isoDate(world.start),
      endsOn: isoDate(world.end),
    },
    laws,
    accounts,
  }
  const mappingFile = join(outDir, 'mapping.yaml')
  const truthFile = join(outDir, 'truth.json')
  await writeWhole(mappingFile, companyMapping)
  await writeWhole(truthFile, truthText(truth))
  return {
    files: outputs.map((output) => output.path),
    mappingFile,
    truthFile,
    rows: rowsOf(outputs),
  }
}

/** One account a line, so that the file can be searched and compared. */
function truthText({ accounts, ...rest }: CompanyTruth): string {
  const lines = accounts.map((account) => `    ${JSON.stringify(account)}`)
  const head = JSON.stringify(rest, null, 2).slice(0, -2)
  return `${head},\n  "accounts": [\n${lines.join(',\n')}\n  ]\n}\n`
}

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.part`, text)
  await rename(`${path}.part`, path)
}

function rowsOf(outputs: readonly Output[]): Record<FileKey, number> {
  const rows = {
    accounts: 0,
    plan_changes: 0,
    owner_changes: 0,
    contacts: 0,
    contract_lines: 0,
    usage_events: 0,
    survey_answers: 0,
    tickets: 0,
    invoices: 0,
    touchpoints: 0,
    milestones: 0,
  }
  for (const output of outputs) rows[output.key] = output.rows
  return rows
}

class Output {
  readonly key: FileKey
  readonly path: string
  rows = 0
  readonly #handle: FileHandle
  #waiting: string
  #isOpen = true

  private constructor(key: FileKey, path: string, handle: FileHandle) {
    this.key = key
    this.path = path
    this.#handle = handle
    this.#waiting = headerOf(key)
  }

  static async open(key: FileKey, outDir: string): Promise<Output> {
    const path = join(outDir, `${key}.csv`)
    return new Output(key, path, await open(`${path}.part`, 'w'))
  }

  async write(text: string, rows: number): Promise<void> {
    this.rows += rows
    this.#waiting += text
    if (this.#waiting.length >= blockSize) await this.#flush()
  }

  async finish(): Promise<void> {
    await this.#flush()
    await this.close()
    await rename(`${this.path}.part`, this.path)
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    await this.#handle.close()
  }

  /** `writeFile` on a handle goes on where it stands, and repeats a write that was cut short. */
  async #flush(): Promise<void> {
    await this.#handle.writeFile(this.#waiting)
    this.#waiting = ''
  }
}
