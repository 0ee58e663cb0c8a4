const place = 'tomoshibi.workspace'

/**
 * The workspace that was chosen, kept for this tab: two tabs may be in two of them. Null: the one that the
 * person joined first.
 */
export const chosenWorkspace = (): string | null => window.sessionStorage.getItem(place)

/** Goes on in another workspace, from the beginning: nothing that was read in the one before is kept. */
export function chooseWorkspace(id: string | null): void {
  if (id === null) window.sessionStorage.removeItem(place)
  else window.sessionStorage.setItem(place, id)
  window.location.assign('/')
}

/** Forgets it, such as when somebody else signs in. */
export const forgetWorkspace = (): void => window.sessionStorage.removeItem(place)
