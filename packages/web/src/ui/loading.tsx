import { Skeleton } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** Grey lines where content is about to stand, said as 'loading' to screen readers. */
export function Loading({ rows, height }: { rows: number; height: number }) {
  const { t } = useTranslation()
  return (
    <output className="loading">
      <span className="hidden">{t('loading')}</span>
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders are all alike
        <Skeleton key={i} height={height} mb="xs" />
      ))}
    </output>
  )
}
