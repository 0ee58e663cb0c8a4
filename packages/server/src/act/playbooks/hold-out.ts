import { createHash } from 'node:crypto'

/**
 * Whether a playbook does nothing for an account, so that others can be compared with it. It follows from the three
 * names alone, so that it stays as it is; a larger share only adds accounts.
 *
 * @param share from 0 to 1
 */
export function isHeldOut(
  workspaceId: string,
  playbook: string,
  accountId: string,
  share: number,
): boolean {
  const hash = createHash('sha256')
    .update(JSON.stringify(['hold-out', workspaceId, playbook, accountId]))
    .digest()
  return hash.readUIntBE(0, 6) / 2 ** 48 < share
}
