// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is code, as it stands in the files
import { passkeyDefences } from './passkeys.ts'
import { singleSignOnDefences } from './single-sign-on.ts'

/** What stands against an attack, and the test that fails without it. */
export interface Defence {
  /** What somebody tries. */
  readonly attack: string
  /** Where the defence is, from the root of the repository. */
  readonly file: string
  /** The text of the defence; it stands there once. */
  readonly defence: string
  /** What stands in its place where the defence is taken out. */
  readonly without: string
  /** The file of the test. */
  readonly test: string
  /** What the name of the test, with those of the groups that it is in, holds. */
  readonly named: string
}

const server = 'packages/server/src'
const people = `${server}/people/people.test.ts`
const secondFactor = `${server}/people/second-factor/second-factor.test.ts`
const identity = `${server}/people/identity.ts`
const limits = `${server}/people/limits.ts`
const links = `${server}/people/links.ts`
const guard = `${server}/call/guard.ts`
const factor = `${server}/people/second-factor/service.ts`
const mail = `${server}/mail/mail.test.ts`
const network = `${server}/http/network.test.ts`

/** `npm run test:attacks` takes each of them out once and sees the test fail. */
export const defences: readonly Defence[] = [
  // Sessions
  {
    attack: 'a session planted in a browser before its person signs in there',
    file: identity,
    defence: 'await this.#endSessionOf(visit)',
    without: '',
    test: people,
    named: 'that was planted before is not the one after signing in',
  },
  {
    attack: 'reading the cookie by a script',
    file: identity,
    defence: 'httpOnly: true',
    without: 'httpOnly: false',
    test: people,
    named: 'cannot be read by scripts',
  },
  {
    attack: 'using a session for ever',
    file: identity,
    defence: 'if (longestHours === null) return false',
    without: 'if (longestHours !== 0) return false',
    test: people,
    named: 'end so long after signing in, however much they are used',
  },
  {
    attack: 'using a session from before a shorter policy',
    file: `${server}/installation/service.ts`,
    defence: 'await shortenSessions(tx, policy)',
    without: '',
    test: people,
    named: 'end so long after they were last used, those as well that there were before',
  },
  {
    attack: 'staying signed in with a password that was changed',
    file: identity,
    defence: 'await endSessions(tx, userId, keptSessionId)',
    without: '',
    test: people,
    named: 'all end but the one in which a new password is chosen',
  },
  {
    attack: 'an unlocked screen or a stolen cookie where it matters',
    file: guard,
    defence: 'if (meta.confirmed === true) checkConfirmed(context)',
    without: '',
    test: `${server}/people/confirm.test.ts`,
    named: 'goes on for half an hour after signing in',
  },
  {
    attack: 'a cookie that a neighbouring host planted',
    file: `${server}/http/caller.ts`,
    defence: '.filter((pair) => !ownCookies.test(pair))',
    without: '',
    test: network,
    named: 'is not one that a neighbouring host could have planted',
  },
  // Other sites
  {
    attack: 'a request of another site (CSRF)',
    file: `${server}/http/refuse.ts`,
    defence: 'return origin !== undefined && origin !== ourOrigin',
    without: 'return false',
    test: `${server}/http/server.test.ts`,
    named: 'other pages in the same browser',
  },
  {
    attack: 'a Host header of somebody else’s (DNS rebinding)',
    file: `${server}/platform/address.ts`,
    defence: 'return isLoopbackName(name) || name === inUrl(host) ? `http://${given}` : null',
    without: 'return `http://${given}`',
    test: network,
    named: 'the name under which the server is asked',
  },
  {
    attack: 'plain HTTP from elsewhere, beside TLS',
    file: `${server}/http/refuse.ts`,
    defence: 'return hasTls && !isOfThisMachine(request) ? null : origin',
    without: 'return origin',
    test: network,
    named: 'the name under which the server is asked',
  },
  {
    attack: 'choosing one’s own address in X-Forwarded-For',
    file: `${server}/http/server.ts`,
    defence: 'trustProxy: site.trustedProxies.length === 0 ? false : [...site.trustedProxies]',
    without: 'trustProxy: true',
    test: network,
    named: 'the address that attempts are counted by',
  },
  {
    attack: 'scripts that are not ours (XSS)',
    file: `${server}/http/server.ts`,
    defence: `"script-src 'self'"`,
    without: `"script-src 'self' 'unsafe-inline'"`,
    test: `${server}/http/server.test.ts`,
    named: 'come with headers that let only our own scripts run',
  },
  {
    attack: 'our pages in a frame of another site',
    file: `${server}/http/server.ts`,
    defence: `"frame-ancestors 'none'"`,
    without: `"frame-ancestors *"`,
    test: `${server}/http/server.test.ts`,
    named: 'come with headers that let only our own scripts run',
  },
  // Guessing
  {
    attack: 'guessing the password of one account',
    file: limits,
    defence: 'pair: { most: 10,',
    without: 'pair: { most: 10_000,',
    test: people,
    named: 'is slowed down for one account from one address',
  },
  {
    attack: 'guessing with many attempts at once',
    file: limits,
    defence: 'count.attempts += 1',
    without: 'setTimeout(() => { count.attempts += 1 }, 50)',
    test: people,
    named: 'is slowed down for many at once',
  },
  {
    attack: 'guessing from many addresses',
    file: limits,
    defence: 'account: { most: 50,',
    without: 'account: { most: 50_000,',
    test: `${server}/people/limits.test.ts`,
    named: 'one account is held up after 50 attempts in an hour',
  },
  {
    attack: 'guessing from all addresses of a network of IPv6',
    file: limits,
    defence: 'if (!isIPv6(address)) return address',
    without: 'return address',
    test: `${server}/people/limits.test.ts`,
    named: 'a network of IPv6',
  },
  {
    attack: 'locking an honest person out by guessing at their account',
    file: limits,
    defence: 'if (!this.#familiar.has(pair)) this.#count',
    without: 'this.#count',
    test: people,
    named: 'from many addresses does not lock out who signed in before',
  },
  {
    attack: 'telling known addresses by the work that a refusal costs',
    file: identity,
    defence: 'await this.#hasher.hash(password)\n      return false',
    without: 'return false',
    test: people,
    named: 'says the same, with the same work',
  },
  {
    attack: 'telling known addresses by what follows a forgotten password',
    file: `${server}/people/forgotten.ts`,
    defence: `if (!isQueued) throw new Failure('MAIL_NOT_SET_UP')`,
    without: `if (!isQueued || (await userByEmail(state.db, email)) === null) throw new Failure('MAIL_NOT_SET_UP')`,
    test: mail,
    named: 'does the same for an address that nobody has',
  },
  {
    attack: 'filling somebody’s mailbox',
    file: `${server}/people/forgotten.ts`,
    defence: 'people.limits.beginMail({ account: email, address: visit.address })',
    without: '',
    test: mail,
    named: 'fills nobody’s mailbox',
  },
  {
    attack: 'filling the audit log by guessing',
    file: guard,
    defence: 'return isOften && people.limits.isNews(`${code} ${action}`, visit.address)',
    without: 'return isOften',
    test: `${server}/audit/audit.test.ts`,
    named: 'tells of attempts that are held up and of keys that do not hold',
  },
  {
    attack: 'a hash that makes the server work for hours',
    file: `${server}/people/password-hash.ts`,
    defence: 'if (cost.ln > most.ln || cost.r > most.r || cost.p > most.p) {',
    without: 'if (cost.ln > 29 && cost.ln < 0) {',
    test: `${server}/people/password-hash.test.ts`,
    named: 'that would take more work than any of ours',
  },
  // Links and the first owner
  {
    attack: 'becoming the first owner without the link',
    file: `${server}/people/service.ts`,
    defence: `if (!isRight) throw new Failure('SET_UP_NOT_POSSIBLE')`,
    without: '',
    test: people,
    named: 'is made with the link of the last start only',
  },
  {
    attack: 'becoming the first owner twice at once',
    file: `${server}/people/service.ts`,
    defence: `if (await isAnybodyThere(tx)) throw new Failure('SET_UP_NOT_POSSIBLE')`,
    without: '',
    test: people,
    named: 'is one even when two try at once',
  },
  {
    attack: 'an invitation used twice at once',
    file: links,
    defence: `const link = await openLink(tx, hashOfText, clock.now(), 'locked')
    if (link === null) throw new Failure('LINK_NOT_VALID')
    if (known === null) {`,
    without: `const link = seen
    if (known === null) {`,
    test: people,
    named: 'used twice at once make one member',
  },
  {
    attack: 'an invitation after its time, or taken back',
    file: `${server}/people/store.ts`,
    defence: `isNull(links.revokedAt),
        gt(links.expiresAt, now),`,
    without: '',
    test: people,
    named: 'that were taken back, replaced, or are too old do not hold',
  },
  {
    attack: 'taking over somebody’s account by an invitation',
    file: links,
    defence: 'if (!(await people.identity.isPasswordOf(known.id, given.password))) {',
    without: 'if (false) {',
    test: people,
    named: 'let nobody in as somebody who is here already',
  },
  {
    attack: 'a link for a password used twice',
    file: links,
    defence: `await tellOfChange(tx, call, user.id, 'password')
    await tx.update(links).set({ usedAt: clock.now() }).where(eq(links.id, link.id))`,
    without: `await tellOfChange(tx, call, user.id, 'password')`,
    test: people,
    named: 'all end with a password that was set by a link, which is good once',
  },
  // Roles, keys, and what is seen
  {
    attack: 'doing what one’s role may not',
    file: guard,
    defence: `throw new Failure('FORBIDDEN', { permission })`,
    without: '',
    test: `${server}/call/guard.test.ts`,
    named: 'refuses a caller without the permission',
  },
  {
    attack: 'giving a role beyond one’s own',
    file: `${server}/people/people.ts`,
    defence: 'return role.permissions.every((one) => mine.permissions.includes(one))',
    without: 'return true',
    test: `${server}/people/roles.test.ts`,
    named: 'nobody makes a role that may or sees more than they',
  },
  {
    attack: 'making owners without being one',
    file: `${server}/people/people.ts`,
    defence: `if (role.key === 'owner' && mine.key !== 'owner') return false`,
    without: '',
    test: people,
    named: 'are given, changed and taken by those who have as much',
  },
  {
    attack: 'a key that may do more than who makes it',
    file: `${server}/people/keys/service.ts`,
    defence: `if (isBeyond) throw new Failure('ROLE_BEYOND_YOURS')`,
    without: '',
    test: `${server}/people/keys/keys.test.ts`,
    named: 'can do no more than who made it',
  },
  {
    attack: 'a key after its end',
    file: `${server}/platform/key-ring.ts`,
    defence: 'if (found === null || isOver(found.expiresAt, now)) return null',
    without: 'if (found === null) return null',
    test: `${server}/people/keys/keys.test.ts`,
    named: 'ends when it was to end',
  },
  {
    attack: 'coming back with a key that one made before being taken out',
    file: `${server}/people/members.ts`,
    defence: 'await endWhatTheyMade(tx, call, userId, [])',
    without: '',
    test: `${server}/people/keys/keys.test.ts`,
    named: 'ends when they are taken out',
  },
  {
    attack: 'a key in another workspace',
    file: `${server}/http/caller.ts`,
    defence: `if (caller.kind === 'key' && wanted !== undefined && wanted !== caller.workspaceId) {`,
    without: 'if (false) {',
    test: `${server}/people/workspaces.test.ts`,
    named: 'a key is of its own and does not open another',
  },
  {
    attack: 'asking in a workspace that one does not belong to',
    file: `${server}/people/service.ts`,
    defence: `if (wanted !== undefined && first === undefined) throw new Failure('WORKSPACE_NOT_FOUND')`,
    without: '',
    test: `${server}/people/workspaces.test.ts`,
    named: 'a person has a role in each, and is nobody in others',
  },
  {
    attack: 'seeing other people’s accounts',
    file: guard,
    defence: 'return { facts: seeingAccounts(facts, ids), seen: new Set(ids) }',
    without: 'return { facts }',
    test: `${server}/people/visibility.test.ts`,
    named: 'is told of another account as of one that is not there',
  },
  {
    attack: 'operations about all accounts, by who sees only their own',
    file: guard,
    defence: `if (caller.accounts !== 'all') throw new Failure('NEEDS_ALL_ACCOUNTS')`,
    without: '',
    test: `${server}/people/visibility.test.ts`,
    named: 'may not do what is about all accounts',
  },
  {
    attack: 'making the server read files of its machine',
    file: 'packages/contract/src/roles.ts',
    defence: `export const ofTheMachine = [
  'imports:run',`,
    without: 'export const ofTheMachine = [',
    test: people,
    named: 'may not do what is the machine’s',
  },
  // The second step
  {
    attack: 'the password alone, where there is a second step',
    file: `${server}/people/service.ts`,
    defence: '!(await takesSecondStep(call.state.db, userId))',
    without: 'true',
    test: secondFactor,
    named: 'lets nobody in with the password alone',
  },
  {
    attack: 'a code that was used',
    file: factor,
    defence: 'if (step !== null && step > lastStep) {',
    without: 'if (step !== null) {',
    test: secondFactor,
    named: 'refuses a code that was used',
  },
  {
    attack: 'guessing codes',
    file: factor,
    defence: 'const minutes = blockMinutes(failures)',
    without: 'const minutes = failures < 0 ? blockMinutes(failures) : null',
    test: secondFactor,
    named: 'looks at no code after five wrong ones',
  },
  {
    attack: 'a recovery code of somebody else',
    file: `${server}/people/second-factor/store.ts`,
    defence: '.where(and(unused(userId), eq(recoveryCodes.hash, hash)))',
    without: '.where(eq(recoveryCodes.hash, hash))',
    test: secondFactor,
    named: 'of somebody else are none',
  },
  {
    attack: 'switching the second step off without the password',
    file: `${server}/people/service.ts`,
    defence: `if (!(await people.identity.isPasswordOf(person.userId, password))) {`,
    without: 'if (false) {',
    test: secondFactor,
    named: 'asks for the password',
  },
  {
    attack: 'going without the second step that a workspace requires',
    file: `${server}/people/service.ts`,
    defence: 'const permissions = needsSecondFactor ? [] : (role?.permissions ?? [])',
    without: 'const permissions = role?.permissions ?? []',
    test: secondFactor,
    named: 'lets members do nothing but set it up',
  },
  // The audit log and secrets
  {
    attack: 'secrets in the audit log',
    file: `${server}/audit/redact.ts`,
    defence: `'password',`,
    without: '',
    test: `${server}/audit/audit.test.ts`,
    named: 'holds no secret of any kind',
  },
  {
    attack: 'an entry of the audit log that was changed',
    file: `${server}/audit/chain.ts`,
    defence: 'const isWhole: boolean = row.hash === hashOf(row)',
    without: 'const isWhole: boolean = true',
    test: `${server}/audit/audit.test.ts`,
    named: 'past the trigger is found by the doctor: an entry',
  },
  {
    attack: 'an entry of the audit log that was taken out',
    file: `${server}/audit/chain.ts`,
    defence: 'if (!follows) broken = row.seq + 1',
    without: '',
    test: `${server}/audit/audit.test.ts`,
    named: 'past the trigger is found by the doctor: an entry',
  },
  {
    attack: 'a change without its entry in the audit log',
    file: guard,
    defence: `  'people:manage',
  'keys:manage',`,
    without: '',
    test: `${server}/audit/audit.test.ts`,
    named: 'are one: without the entry there is no change',
  },
  {
    attack: 'a sealed secret put in another’s place',
    file: `${server}/secrets/sealing.ts`,
    defence: `JSON.stringify(['tomoshibi secret 1', keyId, scope, name])`,
    without: `JSON.stringify(['tomoshibi secret 1', keyId])`,
    test: `${server}/secrets/service.test.ts`,
    named: 'that were moved to another name or scope',
  },
  {
    attack: 'a secret sealed while the key changes',
    file: `${server}/secrets/service.ts`,
    defence: 'await lockAgainstRotation(tx)',
    without: '',
    test: `${server}/secrets/service.test.ts`,
    named: 'makes whoever seals meanwhile take the new key',
  },
  {
    attack: 'personal data in the log of the program',
    file: `${server}/platform/logged-error.ts`,
    defence: '...(message === null ? {} : { message }),',
    without: 'message: error.message,',
    test: `${server}/platform/logged-error.test.ts`,
    named: 'has nothing of what it quotes',
  },
  {
    attack: 'addresses and words of a store that fails',
    file: `${server}/call/failure.ts`,
    defence: '.filter(([name]) => names.has(name))',
    without: '',
    test: `${server}/call/failure.test.ts`,
    named: '',
  },
  // What goes out
  {
    attack: 'header lines in names, in e-mails',
    file: `${server}/mail/send.ts`,
    defence: 'subject: oneLine(mail.subject, 150)',
    without: 'subject: mail.subject',
    test: mail,
    named: 'puts no header and no markup',
  },
  {
    attack: 'markup in names, in e-mails',
    file: `${server}/mail/render.ts`,
    defence: `text.replace(/[&<>"']/g, (c) => entities[c] ?? '')`,
    without: 'text',
    test: mail,
    named: 'puts no header and no markup',
  },
  {
    attack: 'markup in names, in reports',
    file: `${server}/verify/report/html.ts`,
    defence: 'escaped(String(part))',
    without: 'String(part)',
    test: `${server}/verify/report/report.test.ts`,
    named: 'escapes whatever stands in it',
  },
  {
    attack: 'formulas in names, in CSV',
    file: 'packages/cli/src/output/csv.ts',
    defence: `looksLikeFormula.test(value) ? \`'\${value}\` : value`,
    without: 'value',
    test: 'packages/cli/src/output/output.test.ts',
    named: 'CSV',
  },
  {
    attack: 'control characters in names, in the terminal',
    file: 'packages/cli/src/output/table.ts',
    defence: `text.replace(control, ' ')`,
    without: 'text',
    test: 'packages/cli/src/output/output.test.ts',
    named: 'lets no control character of a name reach the terminal',
  },
  {
    attack: 'the password of a mail server sent to another one',
    file: `${server}/installation/service.ts`,
    defence: 'if (kept && !isSameServer(before, server)) {',
    without: 'if (false) {',
    test: mail,
    named: 'does not get the password that was meant for another one',
  },
  {
    attack: 'a mail server without the TLS that was chosen',
    file: `${server}/mail/send.ts`,
    defence: `requireTLS: security === 'starttls',`,
    without: '',
    test: mail,
    named: 'is not trusted with a certificate that nobody vouches for',
  },
  // Queries
  {
    attack: 'SQL in the texts of a condition or formula',
    file: 'packages/metrics/src/condition/compile.ts',
    defence: 'return this.bind(parameterTypes[e.type], e.value)',
    without:
      "return e.type === 'string' ? `'${e.value}'` : this.bind(parameterTypes[e.type], e.value)",
    test: `${server}/measure/custom/attacks.test.ts`,
    named: 'as a value',
  },
  {
    attack: 'SQL in the words of a definition',
    file: 'packages/metrics/src/plan/render.ts',
    defence: '.split(/\\r\\n|[\\n\\r\\u2028\\u2029]/)',
    without: '.split(/never/)',
    test: `${server}/measure/custom/attacks.test.ts`,
    named: 'lines of a formula stay within the comment',
  },
  {
    attack: 'records of another workspace, in a query',
    file: 'packages/metrics/src/sql/versions.ts',
    defence: `: 'workspace_id = {workspace_id:String}'`,
    without: `: '1 = 1'`,
    test: `${server}/measure/custom/attacks.test.ts`,
    named: 'every scan is of the workspace',
  },
  ...passkeyDefences,
  ...singleSignOnDefences,
]
