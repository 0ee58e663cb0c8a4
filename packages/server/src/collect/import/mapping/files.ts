/** Whether a file of that name is meant by a name or pattern of a mapping (`*` and `?`). */
export function matchesFile(pattern: string, fileName: string): boolean {
  const wanted = baseName(pattern).normalize('NFC')
  const name = fileName.normalize('NFC')
  if (wanted === name) return true
  if (!/[*?]/.test(wanted)) return false
  const source = wanted
    .replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`).test(name)
}

/** Mappings may name files with a folder; only the last part counts. */
function baseName(pattern: string): string {
  return pattern.split(/[\\/]/).at(-1) ?? pattern
}
