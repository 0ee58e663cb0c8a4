/** The mark of the product. */
export function Flame() {
  return (
    <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#2a2018" />
      <path
        d="M16 4.5c1 4.3 6.2 6.7 6.2 12.3a6.2 6.2 0 0 1-12.4 0c0-2.5 1.2-4.2 2.5-5.6.3 1.6 1 2.5 1.9 3C13.9 10.6 14.5 7 16 4.5Z"
        fill="#f6b04a"
      />
      <path
        d="M16 13.5c.5 1.7 2.4 2.7 2.4 5a2.4 2.4 0 0 1-4.8 0c0-2.2 1.9-3.3 2.4-5Z"
        fill="#fff2d6"
      />
      <path d="M9 25.5h14" stroke="#f6b04a" strokeWidth="2.2" strokeLinecap="round" />
    </svg>
  )
}
