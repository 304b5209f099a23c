import { useEffect, useRef, useState } from 'react'
import { Icon } from '../parts/icon.tsx'
import { toast } from '../parts/toast.tsx'
import { t } from '../say.ts'
import { duration } from '../time.ts'
import { useCan } from './can.ts'

const kinds = ['audio/ogg;codecs=opus', 'audio/mp4', 'audio/webm;codecs=opus']
const endings: Record<string, string> = { 'audio/ogg': 'ogg', 'audio/mp4': 'm4a', 'audio/webm': 'webm' }

interface RecorderProps {
  record: (file: File, seconds: number) => void
  id: string
}

/** A voice note, where the browser can record one and the messenger can carry it. */
export function Recorder({ record, id }: RecorderProps) {
  const can = useCan(id)
  const running = useRef<MediaRecorder>(null)
  const [since, setSince] = useState<number>()
  useEffect(() => () => running.current?.stream.getTracks().forEach(track => void track.stop()), [])
  if (typeof MediaRecorder === 'undefined' || !navigator.mediaDevices || !(can?.media.voice ?? can?.media.audio))
    return null
  const start = async () => {
    try {
      running.current = await listen(record)
      setSince(Date.now())
    } catch {
      toast(t('The microphone could not be opened. Allow it in the browser.'))
    }
  }
  const end = () => {
    running.current?.stop()
    setSince(undefined)
  }
  if (since === undefined)
    return (
      <button
        type="button"
        className="tool"
        aria-label={t('Record a voice message')}
        title={t('Record a voice message')}
        onClick={() => void start()}
      >
        <Icon name="mic" />
      </button>
    )
  return <Recording since={since} end={end} />
}

async function listen(record: RecorderProps['record']): Promise<MediaRecorder> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
  const mimeType = kinds.find(kind => MediaRecorder.isTypeSupported(kind))
  const recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {})
  const chunks: Blob[] = []
  const began = Date.now()
  recorder.ondataavailable = event => void chunks.push(event.data)
  recorder.onstop = () => {
    for (const track of stream.getTracks()) track.stop()
    const type = recorder.mimeType.split(';')[0] ?? ''
    const file = new File(chunks, `voice.${endings[type] ?? 'ogg'}`, { type })
    record(file, Math.round((Date.now() - began) / 1000))
  }
  recorder.start()
  return recorder
}

function Recording({ since, end }: { since: number; end: () => void }) {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick(n => n + 1), 500)
    return () => clearInterval(timer)
  }, [])
  return (
    <button type="button" className="btn danger" aria-label={t('Stop recording')} onClick={end}>
      <Icon name="stop" />
      <span className="num">{duration((Date.now() - since) / 1000)}</span>
    </button>
  )
}
