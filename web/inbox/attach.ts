import { useCallback, useEffect, useRef, useState } from 'react'
import type { SayablePart } from '../../src/api/shapes.ts'
import type { MediaPart, MediaType } from '../../src/domain/message.ts'
import { reasonOf } from '../parts/toast.tsx'
import { type Stored, upload } from '../state/api.ts'

export interface Attachment {
  id: string
  file: File
  type: MediaType
  /** How much is uploaded, 0 to 1. */
  share: number
  preview?: string
  seconds?: number
  stored?: Stored
  failed?: string
  stop: () => void
}

const typeOf = (file: File): MediaType => {
  const kind = file.type.split('/')[0]
  return kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'file'
}

/** Files on their way into a message: uploaded at once, each can be taken out again. */
export function useFiles() {
  const [files, setFiles] = useState<Attachment[]>([])
  const latest = useRef(files)
  latest.current = files
  const patch = useCallback(
    (id: string, part: Partial<Attachment>) =>
      setFiles(all => all.map(one => (one.id === id ? { ...one, ...part } : one))),
    [],
  )
  const add = useCallback(
    (list: Iterable<File>, voice?: { seconds: number }) => {
      for (const file of list) {
        const id = crypto.randomUUID()
        const { stored, stop } = upload(file, share => patch(id, { share }))
        const preview = file.type.startsWith('image/') ? { preview: URL.createObjectURL(file) } : {}
        setFiles(all => [
          ...all,
          { id, file, type: voice ? 'voice' : typeOf(file), share: 0, stop, ...preview, ...voice },
        ])
        stored
          .then(done => patch(id, { stored: done, share: 1 }))
          .catch(error => patch(id, { failed: reasonOf(error) }))
      }
    },
    [patch],
  )
  const remove = useCallback((id: string) => {
    forget(latest.current.filter(one => one.id === id))
    setFiles(all => all.filter(one => one.id !== id))
  }, [])
  const clear = useCallback(() => {
    forget(latest.current)
    setFiles([])
  }, [])
  useEffect(() => () => forget(latest.current), [])
  return { files, add, remove, clear }
}

function forget(files: readonly Attachment[]): void {
  for (const { preview, stored, failed, stop } of files) {
    if (preview) URL.revokeObjectURL(preview)
    if (!stored && !failed) stop()
  }
}

/** The file as a part: what the server stored, or, while it travels, what is known of it already. */
export function partOf({ file, stored, type, seconds }: Attachment): MediaPart {
  const known = stored
    ? {
        url: stored.url,
        media: stored.media,
        mime: stored.mime,
        bytes: stored.bytes,
        name: stored.name,
        ...sizeOf(stored),
      }
    : { url: '', mime: file.type, bytes: file.size, name: file.name }
  const as = type === 'voice' ? type : (stored?.type ?? type)
  return { type: as, ...known, ...(seconds !== undefined && { seconds }) }
}

const sizeOf = ({ width, height }: Stored) => ({ ...(width && { width }), ...(height && { height }) })

export interface Written {
  text: string
  files: readonly Attachment[]
  choices: readonly string[]
}

/** What would be said: files, the words as caption of a single file, buttons under their question. */
export function partsOf({ text, files, choices }: Written): SayablePart[] {
  const words = text.trim()
  const media = files.map(partOf)
  if (choices.length && words) {
    const offered = choices.map((label, i) => ({ id: String(i + 1), label }))
    return [...(media as SayablePart[]), { type: 'choices', prompt: words, choices: offered }]
  }
  if (media.length === 1 && words && media[0]!.type !== 'voice')
    return [{ ...media[0]!, caption: words } as SayablePart]
  return [...(media as SayablePart[]), ...(words ? [{ type: 'text' as const, text: words }] : [])]
}
