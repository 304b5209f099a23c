// Before the first drawing, so that a dark screen does not flash white.
;(() => {
  let kept = null
  try {
    kept = localStorage.getItem('parley.theme')
  } catch {}
  const dark = kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  document.documentElement.dataset.mantineColorScheme = dark ? 'dark' : 'light'
})()
