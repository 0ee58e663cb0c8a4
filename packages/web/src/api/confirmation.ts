/** Has the person show again who they are. @returns whether they did */
export type AskToConfirm = () => Promise<boolean>

let ask: AskToConfirm | null = null
let asking: Promise<boolean> | null = null

/** Says who asks, while it is on the page. */
export function onConfirmationNeeded(asks: AskToConfirm): () => void {
  ask = asks
  return () => {
    if (ask === asks) ask = null
  }
}

/** However many calls need it at once, the person is asked once. False where nothing on the page can ask. */
export async function confirmAgain(): Promise<boolean> {
  if (ask === null) return false
  asking ??= ask().finally(() => {
    asking = null
  })
  return await asking
}
