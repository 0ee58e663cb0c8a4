import { customType } from 'drizzle-orm/pg-core'
import { Temporal } from 'temporal-polyfill'

/** An instant as `timestamptz`; PostgreSQL keeps microseconds, finer digits are rounded by it. */
export const instant = customType<{ data: Temporal.Instant; driverData: string }>({
  dataType: () => 'timestamp with time zone',
  toDriver: (value) => value.toString(),
  // As PostgreSQL prints it, in whatever zone the session has: 2026-04-01 09:00:00.5+09
  fromDriver: (value) => Temporal.Instant.from(value),
})
