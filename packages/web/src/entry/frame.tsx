import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Flame } from '../app/flame.tsx'
import { LanguageSwitch, ThemeSwitch } from '../app/switches.tsx'
import '../app/shell.css'
import './entry.css'

/** The frame of what is seen before anybody is signed in: one card, no navigation. */
export function EntryFrame({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation()
  useEffect(() => {
    document.title = `${title} · Tomoshibi`
  }, [title])
  return (
    <div className="entry">
      <header className="shell-top">
        <span className="shell-brand">
          <Flame />
          <span>Tomoshibi</span>
        </span>
        <div className="shell-switches">
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      </header>
      <main className="entry-main" aria-label={t('shell.main')}>
        <section className="surface entry-card">
          <h1>{title}</h1>
          {children}
        </section>
      </main>
    </div>
  )
}
