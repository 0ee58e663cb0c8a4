import { Button, CloseButton } from '@mantine/core'
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'

/** Long enough to read and to reach the button; it waits while the pointer or focus is on it. */
const SHOWN_MS = 12_000

export interface Toast {
  readonly text: string
  readonly tone: 'done' | 'trouble'
  /** Takes the act back; the button stands in the toast and `undoLast` calls it. */
  readonly undo?: () => void
}

interface Toasts {
  show(toast: Toast): void
  /** Takes back the act that the toast on screen tells of; false when there is none. */
  undoLast(): boolean
}

const ToastContext = createContext<Toasts | null>(null)

/** Shows a short message at the foot of the page. Only inside the shell. */
export function useToasts(): Toasts {
  const toasts = useContext(ToastContext)
  if (toasts === null) throw new Error('useToasts is used outside the shell')
  return toasts
}

/** Holds the one message on screen. A new one takes the place of the old. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const [toast, setToast] = useState<Toast | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const shown = useRef<Toast | null>(null)

  const put = useCallback((next: Toast | null) => {
    shown.current = next
    setToast(next)
  }, [])
  const hold = useCallback(() => clearTimeout(timer.current), [])
  const release = useCallback(() => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => put(null), SHOWN_MS)
  }, [put])

  const value = useMemo<Toasts>(
    () => ({
      show(next) {
        put(next)
        release()
      },
      undoLast() {
        const undo = shown.current?.undo
        if (undo === undefined) return false
        put(null)
        undo()
        return true
      },
    }),
    [put, release],
  )

  return (
    <ToastContext value={value}>
      {children}
      <section
        className="toast-place"
        aria-label={t('toast.label')}
        aria-live="polite"
        onMouseEnter={hold}
        onMouseLeave={release}
        onFocus={hold}
        onBlur={release}
      >
        {toast !== null && (
          <div className="toast" data-tone={toast.tone}>
            <span>{toast.text}</span>
            {toast.undo !== undefined && (
              <Button size="compact-sm" variant="default" onClick={() => value.undoLast()}>
                {t('toast.undo')}
              </Button>
            )}
            <CloseButton size="sm" aria-label={t('toast.close')} onClick={() => put(null)} />
          </div>
        )}
      </section>
    </ToastContext>
  )
}
