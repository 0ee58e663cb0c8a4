import { advanceDue } from './advance.ts'
import { beginForLamps } from './begin.ts'
import type { PlaybookPorts } from './effects.ts'
import { workspacesWithPlaybooks } from './store.ts'

const lookEveryMs = 5_000

/** Begins what lamps ask for in a workspace and goes on with everything that is due there. */
export async function tendPlaybooks(ports: PlaybookPorts): Promise<void> {
  await beginForLamps(ports)
  while ((await advanceDue(ports)) > 0);
}

/** Tends the playbooks of all workspaces, until it is stopped. One for a process; several processes may. */
export class PlaybookWorker {
  readonly #ports: PlaybookPorts
  readonly #timer: NodeJS.Timeout
  #running: Promise<void> = Promise.resolve()
  #isStopped = false

  private constructor(ports: PlaybookPorts) {
    this.#ports = ports
    this.#timer = setInterval(() => this.#look(), lookEveryMs).unref()
    this.#look()
  }

  static start(ports: PlaybookPorts): PlaybookWorker {
    return new PlaybookWorker(ports)
  }

  /** Lets what is under way end. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearInterval(this.#timer)
    await this.#running
  }

  #isBusy = false

  #look(): void {
    if (this.#isBusy || this.#isStopped) return
    this.#isBusy = true
    this.#running = this.#tendAll().finally(() => {
      this.#isBusy = false
    })
  }

  /** Never rejects: what went wrong in one workspace is logged, and tried again with the next look. */
  async #tendAll(): Promise<void> {
    const { state, log } = this.#ports
    try {
      for (const workspaceId of await workspacesWithPlaybooks(state.db)) {
        if (this.#isStopped) return
        await tendPlaybooks({ ...this.#ports, workspaceId }).catch((error: unknown) =>
          log.error({ err: error, workspaceId }, 'playbooks could not be tended'),
        )
      }
    } catch (error) {
      log.error({ err: error }, 'playbooks could not be looked after')
    }
  }
}
