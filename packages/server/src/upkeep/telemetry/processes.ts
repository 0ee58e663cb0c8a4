import { readdir, readFile } from 'node:fs/promises'

const kibibyte = 1024

interface Memory {
  readonly anonymous: number
  readonly file: number
  readonly shared: number
}

/**
 * Memory of a process and of all below it, in bytes, what they share counted once; null where the
 * system does not tell (it does on Linux) or the process is gone.
 */
export async function memoryOf(pid: number): Promise<number | null> {
  const parents = await parentsOfAll()
  if (parents === null) return null
  const found = await Promise.all([...withDescendants(pid, parents)].map(memoryOfOne))
  const all = found.filter((each) => each !== null)
  if (all.length === 0) return null
  const anonymous = all.reduce((sum, each) => sum + each.anonymous, 0)
  const most = (of: (each: Memory) => number) => Math.max(...all.map(of))
  return anonymous + most((each) => each.file) + most((each) => each.shared)
}

async function parentsOfAll(): Promise<ReadonlyMap<number, number> | null> {
  const names = await readdir('/proc').catch(() => null)
  if (names === null) return null
  const parents = new Map<number, number>()
  for (const name of names) {
    if (!/^\d+$/.test(name)) continue
    // Gone meanwhile, or not ours to see.
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    const parent = /\) \S (\d+)/.exec(stat)?.[1]
    if (parent !== undefined) parents.set(Number(name), Number(parent))
  }
  return parents
}

function withDescendants(pid: number, parents: ReadonlyMap<number, number>): ReadonlySet<number> {
  const family = new Set([pid])
  for (let before = 0; before < family.size; ) {
    before = family.size
    for (const [child, parent] of parents) if (family.has(parent)) family.add(child)
  }
  return family
}

async function memoryOfOne(pid: number): Promise<Memory | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null)
  if (status === null) return null
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * kibibyte
  return { anonymous: bytes('RssAnon'), file: bytes('RssFile'), shared: bytes('RssShmem') }
}
