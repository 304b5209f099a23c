import { useSyncExternalStore } from 'react'

export type Theme = 'light' | 'dark' | 'system'
const kept = 'parley.theme'
const dark = matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

export const chosenTheme = (): Theme => (localStorage.getItem(kept) as Theme | null) ?? 'system'

/** What is shown now: the choice, or the system's while none was made. */
export const shownTheme = (): 'light' | 'dark' => {
  const theme = chosenTheme()
  return theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme
}

export function applyTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(kept)
  else localStorage.setItem(kept, theme)
  show()
}

function show(): void {
  document.documentElement.dataset.theme = shownTheme()
  document.documentElement.dataset.mantineColorScheme = shownTheme()
  const paper = getComputedStyle(document.documentElement).getPropertyValue('--paper').trim()
  document.querySelector('meta[name=theme-color]')?.setAttribute('content', paper)
  for (const listener of listeners) listener()
}

dark.addEventListener('change', show)

export const useTheme = (): Theme =>
  useSyncExternalStore(listener => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }, chosenTheme)
