export interface DeliveriesOptions {
  /** What is due is looked for so often, where nobody wakes us. */
  readonly lookEveryMs: number
  /** Tries some of what is due. @returns how many were tried: with 0 there is nothing more for now */
  deliverDue(): Promise<number>
  /** Lets go of what was done with long ago. */
  forgetOld(): Promise<void>
  onError(error: unknown): void
}

/** Sends what was written down to be sent, as it comes. */
export class Deliveries {
  readonly #options: DeliveriesOptions
  #timer: NodeJS.Timeout | null = null
  #delivering: Promise<void> = Promise.resolve()

  constructor(options: DeliveriesOptions) {
    this.#options = options
  }

  /** From now on, until `stop`. */
  start(): void {
    this.#timer ??= setInterval(() => this.wake(), this.#options.lookEveryMs).unref()
    this.wake()
  }

  /** Looks at once; where nothing is started, does nothing. */
  wake(): void {
    if (this.#timer !== null) void this.deliver()
  }

  /** Lets the attempts that run end. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    await this.#delivering
  }

  /** Tries everything that is due. Never rejects. */
  deliver(): Promise<void> {
    this.#delivering = this.#delivering.then(() => this.#deliverAll())
    return this.#delivering
  }

  async #deliverAll(): Promise<void> {
    const { deliverDue, forgetOld, onError } = this.#options
    try {
      while ((await deliverDue()) > 0);
      await forgetOld()
    } catch (error) {
      onError(error)
    }
  }
}
