import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { troubleOf } from '../api/problem.ts'
import { useText } from '../i18n/hooks.ts'

/** What went wrong and how to mend it, in the page's language. */
export function TroublePanel({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation()
  const text = useText()
  const trouble = troubleOf(error)
  return (
    <div role="alert" className="surface trouble">
      <p>
        <strong>{text(trouble.what)}</strong>
      </p>
      <p>{text(trouble.mend)}</p>
      {trouble.problems.length > 0 && (
        <ul>
          {trouble.problems.map((problem, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
            <li key={i}>{text(problem.text)}</li>
          ))}
        </ul>
      )}
      {onRetry !== undefined && (
        <Button mt="sm" size="xs" variant="default" onClick={onRetry}>
          {t('trouble.again')}
        </Button>
      )}
    </div>
  )
}
