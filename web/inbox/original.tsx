import { lazy, Suspense, useState } from 'react'
import type { Message } from '../../src/api/shapes.ts'
import { t } from '../say.ts'

const OriginalDialog = lazy(async () => ({ default: (await import('./original-dialog.tsx')).OriginalDialog }))

/** "See the original": the raw delivery this message came in, as long as it can be found. */
export function Original({ message }: { message: Message }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className="text-link" onClick={() => setOpen(true)}>
        {t('See the original')}
      </button>
      <Suspense>{open && <OriginalDialog message={message} close={() => setOpen(false)} />}</Suspense>
    </>
  )
}
