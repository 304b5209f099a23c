import { Keys } from '../parts/keys.tsx'
import { Palette } from '../parts/palette.tsx'

/** What a key can call up from anywhere. */
export function Dialogs() {
  return (
    <>
      <Palette />
      <Keys />
    </>
  )
}
