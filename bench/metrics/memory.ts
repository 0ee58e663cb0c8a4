import { readFile, writeFile } from 'node:fs/promises'

/** The most memory that a process has held since `forgetPeak`, in bytes; null where the system does not say. */
export const peakMemory = async (pid: number | undefined): Promise<number | null> => {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]
    return kilobytes === undefined ? null : Number(kilobytes) * 1024
  } catch {
    return null
  }
}

/** Counts the peak from now on, where the system lets us. */
export const forgetPeak = async (pid: number | undefined): Promise<void> => {
  await writeFile(`/proc/${pid}/clear_refs`, '5').catch(() => {})
}
