import { operations } from '../../call/context.ts'
import {
  add,
  beginAdding,
  listOfMember,
  listPasskeys,
  remove,
  removeOfMember,
  rename,
} from './service.ts'
import {
  beginConfirm,
  beginSecondStep,
  beginSignIn,
  confirm,
  secondStep,
  signIn,
} from './sign-in.ts'

const { passkeys } = operations

export const passkeysOperations = passkeys.router({
  list: passkeys.list.handler(({ context }) => listPasskeys(context)),
  beginAdding: passkeys.beginAdding.handler(({ context }) => beginAdding(context)),
  add: passkeys.add.handler(({ context, input }) => add(context, input.credential)),
  rename: passkeys.rename.handler(({ context, input }) => rename(context, input)),
  remove: passkeys.remove.handler(({ context, input }) => remove(context, input.id)),
  beginSignIn: passkeys.beginSignIn.handler(({ context }) => beginSignIn(context)),
  signIn: passkeys.signIn.handler(({ context, input }) => signIn(context, input)),
  beginSecondStep: passkeys.beginSecondStep.handler(({ context }) => beginSecondStep(context)),
  secondStep: passkeys.secondStep.handler(({ context, input }) =>
    secondStep(context, input.credential),
  ),
  beginConfirm: passkeys.beginConfirm.handler(({ context }) => beginConfirm(context)),
  confirm: passkeys.confirm.handler(({ context, input }) => confirm(context, input.credential)),
  ofMember: passkeys.ofMember.handler(({ context, input }) => listOfMember(context, input.userId)),
  removeOfMember: passkeys.removeOfMember.handler(({ context, input }) =>
    removeOfMember(context, input),
  ),
})
