/** Where the store tells what it does; pino's loggers fit. */
export interface StateLog {
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/** Says nothing. */
export const silentLog: StateLog = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
}
