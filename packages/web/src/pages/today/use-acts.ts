import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { LampState } from '@tomoshibi/contract/light'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, client } from '../../api/client.ts'
import { troubleOf } from '../../api/problem.ts'
import { useToasts } from '../../app/toasts.tsx'
import { useFormat, useText } from '../../i18n/hooks.ts'
import { lampId } from './grouping.ts'

export type Act = { readonly kind: 'start' } | { readonly kind: 'done' } | PutOff

/** Not now: until a day or a condition, or not for this customer at all. */
export type PutOff =
  | {
      readonly kind: 'snooze'
      readonly until: string
      /** In the condition language; null = the day only. */
      readonly condition: string | null
      readonly reason: string
    }
  | {
      readonly kind: 'silence'
      /** null = until somebody takes it back. */
      readonly until: string | null
      readonly reason: string
    }

export interface Acts {
  /** Acts on a lamp, tells of it, and offers to take it back. */
  act(lamp: LampState, act: Act, onDone?: () => void): void
  /** Whether the lamp waits for the server's answer. Until then it takes no other act. */
  isBusy(lamp: LampState): boolean
}

/** @returns the lamp as it is then; null where it has to be asked for anew */
async function send(lamp: LampState, act: Act): Promise<LampState | null> {
  const target = { account: lamp.account, lamp: lamp.lamp }
  switch (act.kind) {
    case 'start':
      return client.lamps.start(target)
    case 'done':
      return client.lamps.done(target)
    case 'snooze':
      return client.lamps.snooze({
        ...{ ...target, until: act.until, reason: act.reason },
        ...(act.condition === null ? {} : { condition: act.condition }),
      })
    case 'silence':
      await client.lamps.silence({
        ...{ ...target, reason: act.reason },
        ...(act.until === null ? {} : { until: act.until }),
      })
      return null
  }
}

/** Start, finish and snooze lamps, with undo. */
export function useActs(): Acts {
  const { t } = useTranslation('today')
  const text = useText()
  const format = useFormat()
  const toasts = useToasts()
  const queries = useQueryClient()

  // The second of two quick clicks comes before the first is drawn: only the ref knows of it by then.
  const waiting = useRef(new Set<string>())
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set())
  const drawWaiting = () => setBusy(new Set(waiting.current))

  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: api.lamps.key() }),
      queries.invalidateQueries({ queryKey: api.accounts.key() }),
    ])
  const fail = (error: unknown) => {
    const trouble = troubleOf(error)
    toasts.show({ tone: 'trouble', text: `${text(trouble.what)} ${text(trouble.mend)}` })
    void refresh()
  }

  const undo = useMutation({
    mutationFn: async ({ lamp: { account, lamp }, act }: { lamp: LampState; act: Act }) => {
      if (act.kind === 'silence') await client.lamps.unsilence({ account, lamp })
      else await client.lamps.undo({ account, lamp })
    },
    onSuccess: (_, { lamp }) => {
      toasts.show({ tone: 'done', text: t('told.undone', { lamp: text(lamp.name) }) })
      return refresh()
    },
    onError: fail,
  })

  const mutation = useMutation({
    mutationFn: ({ lamp, act }: { lamp: LampState; act: Act; onDone: () => void }) =>
      send(lamp, act),
    onSuccess: (after, { lamp, act, onDone }) => {
      onDone()
      // What the server answered is shown at once; the list is then fetched again behind it.
      if (after !== null) {
        queries.setQueryData(api.lamps.today.queryKey(), (before) =>
          before?.map((one) => (lampId(one) === lampId(after) ? after : one)),
        )
      }
      const values = { lamp: text(lamp.name), account: lamp.accountName }
      toasts.show({
        tone: 'done',
        text:
          act.kind === 'snooze'
            ? t('told.snooze', { ...values, until: format.day(act.until) })
            : t(`told.${act.kind}`, values),
        undo: () => undo.mutate({ lamp, act }),
      })
      return refresh()
    },
    onError: fail,
    onSettled: (_after, _error, { lamp }) => {
      waiting.current.delete(lampId(lamp))
      drawWaiting()
    },
  })

  return {
    act(lamp, act, onDone = () => {}) {
      if (waiting.current.has(lampId(lamp))) return
      waiting.current.add(lampId(lamp))
      drawWaiting()
      mutation.mutate({ lamp, act, onDone })
    },
    isBusy: (lamp) => busy.has(lampId(lamp)),
  }
}
