/** Under the same name as in the agents' app, so that both look alike in one browser. */
const kept = 'parley.theme'
const dark = matchMedia('(prefers-color-scheme: dark)')

const shown = (): 'light' | 'dark' => {
  const theme = new URLSearchParams(location.search).get('theme') ?? localStorage.getItem(kept)
  if (theme === 'light' || theme === 'dark') return theme
  return dark.matches ? 'dark' : 'light'
}

export function showTheme(): void {
  document.documentElement.dataset.theme = shown()
  dark.addEventListener('change', () => {
    document.documentElement.dataset.theme = shown()
  })
}

/** The other one, from now on. */
export function switchTheme(): 'light' | 'dark' {
  const next = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'
  localStorage.setItem(kept, next)
  document.documentElement.dataset.theme = next
  return next
}
