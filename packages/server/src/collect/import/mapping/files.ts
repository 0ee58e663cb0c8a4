/** Whether a file of that name is meant by a name or pattern of a mapping (`*` and `?`). */
export function matchesFile(pattern: string, fileName: string): boolean {
  const wanted = baseName(pattern).normalize('NFC')
  const name = fileName.normalize('NFC')
  if (wanted === name) return true
  return /[*?]/.test(wanted) && matchesPattern([...wanted], [...name])
}

/** Going back to the last star alone is enough; a regular expression would try every star's share. */
function matchesPattern(pattern: readonly string[], name: readonly string[]): boolean {
  let at = 0
  let star = -1
  let starEnd = 0
  for (let i = 0; i < name.length; ) {
    if (pattern[at] === '*') {
      star = at
      starEnd = i
      at += 1
    } else if (pattern[at] === '?' || pattern[at] === name[i]) {
      at += 1
      i += 1
    } else if (star !== -1) {
      starEnd += 1
      i = starEnd
      at = star + 1
    } else return false
  }
  return pattern.slice(at).every((rest) => rest === '*')
}

/** Mappings may name files with a folder; only the last part counts. */
function baseName(pattern: string): string {
  return pattern.split(/[\\/]/).at(-1) ?? pattern
}
