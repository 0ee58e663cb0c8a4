import { operations } from '../call/context.ts'
import { erasePerson, listErasures, showPerson } from './erase.ts'
import { exportPerson } from './export.ts'

const { personalData } = operations

export const personalDataOperations = personalData.router({
  find: personalData.find.handler(({ context, input }) => showPerson(context, input)),
  export: personalData.export.handler(({ context, input }) => exportPerson(context, input)),
  erase: personalData.erase.handler(({ context, input }) => erasePerson(context, input)),
  erasures: personalData.erasures.handler(({ context }) => listErasures(context)),
})
