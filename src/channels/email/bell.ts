import type { ImapFlow } from 'imapflow'

/** Waits until the server tells of new mail or the time is over; throws when the connection is lost. */
export function bell(client: ImapFlow, signal: AbortSignal): (ms: number) => Promise<void> {
  let news = false
  let wake = () => {}
  const ring = () => {
    news = true
    wake()
  }
  client.on('exists', ring)
  client.on('close', ring)
  signal.addEventListener('abort', ring, { once: true })
  return async ms => {
    if (!news && client.usable)
      await new Promise<void>(done => {
        const timer = setTimeout(done, ms)
        wake = () => {
          clearTimeout(timer)
          done()
        }
      })
    news = false
    if (!client.usable && !signal.aborted) throw new Error('IMAP: the server closed the connection')
  }
}
