import { addMissingColumns } from '../ddl.ts'
import { factTables } from '../tables.ts'
import type { Migration } from './migration.ts'

/** CES questions are asked both ways round; which way a scale runs is stored with the answer. */
export const cesDirectionMigration: Migration = {
  version: 2,
  name: 'direction of CES scales',
  statements: (layout) => addMissingColumns(factTables.survey_answers, layout),
}
