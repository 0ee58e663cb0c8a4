import { type ReactNode, useEffect, useRef } from 'react'
import './page.css'

let pagesShown = 0

/**
 * The frame of one page: its title as heading and as document title. After a change of page the
 * focus goes to the heading, so that keyboard and screen-reader users know where they are.
 */
export function Page({
  title,
  lead,
  actions,
  children,
}: {
  title: string
  lead?: ReactNode
  actions?: ReactNode
  children: ReactNode
}) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (pagesShown > 0) heading.current?.focus({ preventScroll: true })
    pagesShown += 1
  }, [])
  useEffect(() => {
    document.title = `${title} · Tomoshibi`
  }, [title])
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead !== undefined && <div className="page-lead">{lead}</div>}
        </div>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </div>
      {children}
    </div>
  )
}
