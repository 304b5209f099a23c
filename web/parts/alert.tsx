import { useEffect, useRef } from 'react'

/** What went wrong, brought into sight: the button that was pressed may be far below it. */
export function Alert({ children }: { children: React.ReactNode }) {
  const place = useRef<HTMLParagraphElement>(null)
  useEffect(() => {
    // In braces: newer browsers answer a promise, which React would take for what cleans up.
    place.current?.scrollIntoView({ block: 'center' })
  }, [])
  return (
    <p ref={place} className="alert" role="alert">
      {children}
    </p>
  )
}
