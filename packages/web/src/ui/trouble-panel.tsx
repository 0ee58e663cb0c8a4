import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { mayPass, troubleOf } from '../api/problem.ts'
import { useText } from '../i18n/hooks.ts'

/** What went wrong and how to mend it, in the page's language. */
export function TroublePanel({
  error,
  also,
  onRetry,
}: {
  error: unknown
  /** What else there is to know. */
  also?: string
  onRetry?: () => void
}) {
  const { t } = useTranslation()
  const text = useText()
  const trouble = troubleOf(error)
  const what = text(trouble.what)
  const problems = trouble.problems.map((one) => text(one.text)).filter((one) => one !== what)
  return (
    <div role="alert" className="surface trouble">
      <p>
        <strong>{what}</strong>
      </p>
      <p>{text(trouble.mend)}</p>
      {also !== undefined && <p className="dim">{also}</p>}
      {problems.length > 0 && (
        <ul>
          {problems.map((problem, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
            <li key={i}>{problem}</li>
          ))}
        </ul>
      )}
      {onRetry !== undefined && mayPass(error) && (
        <Button mt="sm" size="xs" variant="default" onClick={onRetry}>
          {t('trouble.again')}
        </Button>
      )}
    </div>
  )
}
