import { useEffect, useRef } from 'react'

/** Each key, as `KeyboardEvent.key` names it, and what it does. */
export type Shortcuts = readonly (readonly [key: string, act: () => void])[]

/**
 * Whether a key press belongs to what has the focus: a field, a menu or a dialog. Enter and space also
 * belong to links and buttons.
 */
function isTaken(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true
  if (document.querySelector('[role="dialog"], [role="alertdialog"]') !== null) return true
  const { target } = event
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable) return true
  if (target.closest('input, textarea, select, [role="listbox"], [role="radiogroup"]') !== null) {
    return true
  }
  return (
    (event.key === 'Enter' || event.key === ' ') && target.closest('a, button, summary') !== null
  )
}

/** Runs one-key shortcuts on the whole page while `enabled`, except where a key means something else. */
export function useShortcuts(shortcuts: Shortcuts, enabled: boolean): void {
  const latest = useRef(shortcuts)
  useEffect(() => {
    latest.current = shortcuts
  })
  useEffect(() => {
    if (!enabled) return undefined
    const onKey = (event: KeyboardEvent) => {
      const act = latest.current.find(([key]) => key === event.key)?.[1]
      if (act === undefined || event.defaultPrevented || isTaken(event)) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [enabled])
}
