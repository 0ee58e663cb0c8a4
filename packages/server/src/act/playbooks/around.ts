import type { Text } from '@tomoshibi/contract/text'
import { formatValue } from '@tomoshibi/metrics/condition/format-value'
import type { Ports } from '../../call/context.ts'
import { type NamedAccount, namedAccounts, plainName } from '../../collect/accounts/owned.ts'
import { type Contact, contactsOf } from '../../collect/accounts/service.ts'
import { truthNow, valuesNow } from '../../light/lamps/answers.ts'
import { courseOf } from '../../light/lamps/run.ts'
import { type CalledMember, readCalledMembers } from '../../people/owner-names.ts'
import { getWorkspace, type Workspace } from '../../platform/workspace.ts'
import { conditionsOf, type PlaybookDefinition } from './definition.ts'
import { type Filling, templatesIn, variablesIn } from './template.ts'

/** What is so of some accounts now, as far as their playbooks ask. */
export interface Around {
  readonly workspace: Workspace
  readonly accounts: ReadonlyMap<string, NamedAccount>
  /** Whether a condition is true of an account; what cannot be told is not. */
  isTrue(accountId: string, condition: string): boolean
  /** Whose e-mail address an owner's name stands for; null where it is no member's. */
  memberOf(owner: string | null): Promise<CalledMember | null>
  /** The first contact with an address, those who decide first. */
  contactOf(accountId: string): Promise<Contact | null>
  /** What the variables of an account's templates stand for. */
  fillingOf(accountId: string): Promise<Filling>
}

/** An account with a playbook under way on it. */
interface Under {
  readonly accountId: string
  readonly definition: PlaybookDefinition
}

const once = <T>(work: () => Promise<T>): (() => Promise<T>) => {
  let running: Promise<T> | null = null
  return () => {
    running ??= work()
    return running
  }
}

/** Asks for all accounts at once; what only effects need, when one comes. */
export async function readAround(ports: Ports, all: readonly Under[]): Promise<Around> {
  const workspace = await getWorkspace(ports)
  const accountIds = [...new Set(all.map(({ accountId }) => accountId))]
  const accounts = await namedAccounts(ports, accountIds)
  const asked = all.flatMap(({ accountId, definition }) =>
    conditionsOf(definition).map(({ condition }) => ({ accountId, condition })),
  )
  const course = await courseOf(ports, workspace)
  const isTrue = await truthNow(course, workspace, asked)
  const members = once(() => readCalledMembers(ports.state.db, workspace.id))
  const used = variablesOf(all)
  const known = [...used].filter((name) => course.scope.names.has(name))
  const values = once(() => valuesNow(course, workspace, accountIds, known))
  const contactOf = async (accountId: string) => {
    const contacts = await contactsOf(ports, accountId)
    return contacts.find(({ email }) => email.includes('@')) ?? null
  }
  return {
    workspace,
    accounts,
    isTrue,
    contactOf,
    memberOf: async (owner) => {
      if (owner === null) return null
      const wanted = plainName(owner)
      const isCalled = ({ names }: CalledMember) => names.some((name) => plainName(name) === wanted)
      return (await members()).find(isCalled) ?? null
    },
    fillingOf: async (accountId) => {
      const account = accounts.get(accountId)
      const own = (await values()).get(accountId) ?? {}
      const contact = used.has('contact_name') ? await contactOf(accountId) : null
      const texts: Readonly<Record<string, string | null>> = {
        account_name: account?.name ?? accountId,
        owner_name: account?.owner ?? null,
        contact_name: contact === null || contact.name.trim() === '' ? null : contact.name,
      }
      return (name, language) => {
        if (Object.hasOwn(texts, name)) return texts[name] ?? null
        const entry = course.scope.names.get(name)
        const value = own[name] ?? null
        return entry === undefined || value === null
          ? null
          : formatValue(value, entry)[language satisfies keyof Text]
      }
    },
  }
}

/** The variables of all templates. */
const variablesOf = (all: readonly Under[]): ReadonlySet<string> => {
  const definitions = [...new Set(all.map(({ definition }) => definition))]
  return new Set(definitions.flatMap(templatesIn).flatMap(({ template }) => variablesIn(template)))
}
