// Sets the theme and the language before the first paint, so that nothing flashes. A file of its own,
// because the page's content security policy allows no inline script.
;(() => {
  let scheme = null
  let language = null
  try {
    scheme = localStorage.getItem('tomoshibi.colour-scheme')
    language = localStorage.getItem('tomoshibi.language')
  } catch {
    // Storage may be switched off; the system's theme and the browser's language then hold.
  }
  if (scheme !== 'light' && scheme !== 'dark') {
    scheme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  }
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme)
  if (language === 'ja' || language === 'en') document.documentElement.lang = language
})()

// Zod would compile its schemas with `new Function`, which the content security policy refuses and the
// browser would report. It reads this before its first schema is made.
globalThis.__zod_globalConfig = { jitless: true }
