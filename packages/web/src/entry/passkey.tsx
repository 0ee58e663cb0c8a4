import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { AssertedCredential } from '@tomoshibi/contract/passkeys'
import type { SessionState } from '@tomoshibi/contract/people'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import {
  askPasskey,
  cancelPasskey,
  offersAutofill,
  passkeyPlace,
  passkeyRefusal,
} from '../api/passkeys.ts'
import { useNewSession } from '../api/session.ts'
import { useLanguage } from '../i18n/hooks.ts'
import { TroublePanel } from '../ui/trouble-panel.tsx'

/** A challenge holds for ten minutes; a page that stays open takes a new one before that. */
const offeredAgainAfterMs = 8 * 60_000

/** Signs in with a passkey: by a button, or from what the browser offers at the field for the address. */
export function PasskeySignIn({ at }: { at: string | null }) {
  const { t } = useTranslation('people')
  const language = useLanguage()
  const begin = useNewSession()
  const isHere = passkeyPlace(at) === 'here'
  const [offers, setOffers] = useState(0)
  const signIn = useMutation({
    mutationFn: async (given?: AssertedCredential) => {
      const credential = given ?? (await askPasskey(await client.passkeys.beginSignIn(), 'dialog'))
      return await client.passkeys.signIn({ credential, language })
    },
    onSuccess: begin,
    // The dialog took the place of what the field offered.
    onError: () => setOffers((count) => count + 1),
  })
  const { mutate } = signIn
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is offered anew with each count
  useEffect(() => {
    if (!isHere) return
    return offerAtField(mutate)
  }, [isHere, offers, mutate])
  if (!isHere) return <PasskeysNotHere at={at} />
  return (
    <>
      {signIn.isError && <PasskeyTrouble error={signIn.error} />}
      <Button variant="default" loading={signIn.isPending} onClick={() => mutate(undefined)}>
        {t('passkeys.signIn')}
      </Button>
    </>
  )
}

/** Has the browser offer passkeys at the field, until it is told to end. */
function offerAtField(onGiven: (credential: AssertedCredential) => void): () => void {
  let isOver = false
  const offer = async () => {
    if (!(await offersAutofill()) || isOver) return
    const options = await client.passkeys.beginSignIn()
    if (isOver) return
    const credential = await askPasskey(options, 'autofill')
    if (!isOver) onGiven(credential)
  }
  // It was not asked for: where it fails, the button does the same and says why.
  const tryTo = () => void offer().catch(() => null)
  tryTo()
  const timer = setInterval(tryTo, offeredAgainAfterMs)
  return () => {
    isOver = true
    clearInterval(timer)
    void cancelPasskey()
  }
}

/** The second step with a passkey. */
export function PasskeySecondStep() {
  const { t } = useTranslation('people')
  const begin = useNewSession()
  const send = useMutation({
    mutationFn: async () => {
      const credential = await askPasskey(await client.passkeys.beginSecondStep(), 'dialog')
      return await client.passkeys.secondStep({ credential })
    },
    onSuccess: begin,
  })
  return (
    <>
      {send.isError && <PasskeyTrouble error={send.error} />}
      <Button loading={send.isPending} onClick={() => send.mutate()}>
        {t('passkeys.use')}
      </Button>
    </>
  )
}

/** Who is signed in shows again who they are. */
export function PasskeyConfirming({ onDone }: { onDone: (state: SessionState) => void }) {
  const { t } = useTranslation('people')
  const send = useMutation({
    mutationFn: async () => {
      const credential = await askPasskey(await client.passkeys.beginConfirm(), 'dialog')
      return await client.passkeys.confirm({ credential })
    },
    onSuccess: onDone,
  })
  return (
    <>
      {send.isError && <PasskeyTrouble error={send.error} />}
      <Button loading={send.isPending} onClick={() => send.mutate()} data-autofocus>
        {t('passkeys.use')}
      </Button>
    </>
  )
}

/** Why there is no button. */
export function PasskeysNotHere({ at }: { at: string | null }) {
  const { t } = useTranslation('people')
  const place = passkeyPlace(at)
  if (place === 'here') return null
  if (place === 'elsewhere' && at !== null) {
    return (
      <p className="small dim">
        {t('passkeys.elsewhere')} <a href={at}>{at}</a>
      </p>
    )
  }
  const says = place === 'not_in_browser' ? t('passkeys.notInBrowser') : t('passkeys.nowhere')
  return <p className="small dim">{says}</p>
}

/** What went wrong: in the browser or its authenticator, or on the server. */
export function PasskeyTrouble({ error }: { error: unknown }) {
  const { t } = useTranslation('people')
  const refusal = passkeyRefusal(error)
  if (refusal === null) return <TroublePanel error={error} />
  return (
    <p role="alert" className="surface trouble">
      {t(`passkeys.refusal.${refusal}`)}
    </p>
  )
}
