import { useEffect, useState } from 'react'
import type { Message } from '../../src/api/shapes.ts'
import { t } from '../say.ts'
import { Linked } from './linked.tsx'

type Part = Message['parts'][number]
type Mail = Extract<Part, { type: 'mail' }>

/** A letter: its subject, what was written now, and folded away what it carries along. */
export function MailCard({ part, message }: { part: Mail; message: Message }) {
  const [unfolded, setUnfolded] = useState(false)
  const [original, setOriginal] = useState(false)
  return (
    <div className="mail">
      {part.subject && <b className="mail-subject">{part.subject}</b>}
      {part.from && <div className="mail-side">{t('Written by {name}', { name: part.from })}</div>}
      {!!part.cc?.length && <div className="mail-side">{t('Copy to {names}', { names: part.cc.join(', ') })}</div>}
      {original && part.html ? (
        <Page html={part.html} parts={message.parts} title={part.subject} />
      ) : (
        <>
          {part.text && <Linked text={part.text} />}
          {unfolded && part.quoted && (
            <div className="mail-quoted">
              <Linked text={part.quoted} />
            </div>
          )}
        </>
      )}
      <div className="mail-tools">
        {part.quoted && !original && <Fold open={unfolded} turn={() => setUnfolded(!unfolded)} />}
        {part.html && (
          <button type="button" className="text-link" aria-pressed={original} onClick={() => setOriginal(!original)}>
            {original ? t('Show text') : t('Show original')}
          </button>
        )}
      </div>
    </div>
  )
}

function Fold({ open, turn }: { open: boolean; turn: () => void }) {
  return (
    <button
      type="button"
      className="mail-more"
      aria-expanded={open}
      aria-label={t('Earlier mail and signature')}
      onClick={turn}
    >
      …
    </button>
  )
}

/**
 * In a frame where nothing runs and nothing is loaded; pictures from elsewhere tell the sender that somebody looks. Links
 * open beside, as the sanitiser gave them. Newsletters are 600 px wide whatever the screen is: they are held narrower.
 */
function Page({ html, parts, title }: { html: string; parts: readonly Part[]; title: string }) {
  const [remote, setRemote] = useState(false)
  const own = useOwnPictures(html, parts)
  const shown = html.replace(/(<img\b[^>]*? src=")cid:(\d+)"/g, (_, head, n) => `${head}${own[n] ?? ''}"`)
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:${remote ? ` https: ${location.origin}` : ''}; upgrade-insecure-requests`
  const head = `<meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="referrer" content="no-referrer"><style>body{margin:8px;font:15px/1.45 system-ui,sans-serif;color:#1c1b19;background:#fff;overflow-wrap:anywhere}img,table{max-width:calc(100vw - 16px)!important}img{height:auto!important}td{word-break:break-word}</style>`
  return (
    <>
      {!remote && /<img\b[^>]*? src="https?:/i.test(html) && (
        <button type="button" className="text-link" onClick={() => setRemote(true)}>
          {t('Load pictures from elsewhere')}
        </button>
      )}
      <iframe
        className="mail-page"
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
        title={title || t('Mail')}
        srcDoc={`<!doctype html><meta charset="utf-8">${head}<body>${shown}`}
      />
    </>
  )
}

/** The frame has no cookies and may load nothing, so the mail's own pictures are put into it. */
function useOwnPictures(html: string, parts: readonly Part[]): Record<string, string> {
  const [pictures, setPictures] = useState<Record<string, string>>({})
  const wanted = [...html.matchAll(/ src="cid:(\d+)"/g)].flatMap(([, n = '']) => {
    const part = parts[Number(n)]
    return part?.type === 'image' && part.url.startsWith('/') ? [`${n} ${part.url}`] : []
  })
  const key = wanted.join('\n')
  useEffect(() => {
    let current = true
    for (const line of key.split('\n').filter(Boolean)) {
      const [n = '', url = ''] = line.split(' ')
      void dataUrl(url).then(data => current && setPictures(known => ({ ...known, [n]: data })))
    }
    return () => {
      current = false
    }
  }, [key])
  return pictures
}

/** Empty where the picture cannot be had. */
async function dataUrl(url: string): Promise<string> {
  const answer = await fetch(url).catch(() => undefined)
  if (!answer?.ok) return ''
  const blob = await answer.blob()
  return new Promise(done => {
    const reader = new FileReader()
    reader.onload = () => done(String(reader.result))
    reader.onerror = () => done('')
    reader.readAsDataURL(blob)
  })
}
