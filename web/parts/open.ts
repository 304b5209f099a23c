/** Calls up what is loaded later: the dialogs listen for these. */
export const paletteAsked = 'parley:palette'
export const keysAsked = 'parley:keys'

export const openPalette = (): void => void dispatchEvent(new Event(paletteAsked))
export const openKeys = (): void => void dispatchEvent(new Event(keysAsked))
