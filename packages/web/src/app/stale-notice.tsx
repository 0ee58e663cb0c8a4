import { notifyManager, useQueryClient } from '@tanstack/react-query'
import { useCallback, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { TroublePanel } from '../ui/trouble-panel.tsx'

/**
 * Says that what stands on the page could not be renewed, and why. The page itself stays: what was read
 * before is better than nothing, and a half-written form is not lost.
 */
export function StaleNotice() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const cache = queries.getQueryCache()
  const failed = () =>
    cache
      .findAll({ type: 'active' })
      .find((query) => query.state.status === 'error' && query.state.data !== undefined)
  const error = useSyncExternalStore(
    useCallback(
      (changed: () => void) => cache.subscribe(notifyManager.batchCalls(changed)),
      [cache],
    ),
    () => failed()?.state.error ?? null,
  )
  if (error === null) return null
  return (
    <div className="shell-stale">
      <TroublePanel
        error={error}
        also={t('trouble.stale')}
        onRetry={() => void queries.refetchQueries({ type: 'active' })}
      />
    </div>
  )
}
