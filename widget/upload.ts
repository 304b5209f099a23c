import type { VisitorPart } from '../src/site/shapes.ts'

export interface Uploaded {
  ticket: string
  type: 'image' | 'video' | 'audio' | 'voice' | 'file'
  mime: string
  bytes: number
  name: string
}

/** XMLHttpRequest, because fetch cannot tell how far an upload is. `progress` is 0 to 1. */
export function upload(
  to: { url: string; token: string },
  file: File,
  progress: (done: number) => void,
): { done: Promise<Uploaded>; stop(): void } {
  const xhr = new XMLHttpRequest()
  const done = new Promise<Uploaded>((resolve, reject) => {
    xhr.open('POST', `${to.url}?name=${encodeURIComponent(file.name)}`)
    xhr.setRequestHeader('authorization', `Bearer ${to.token}`)
    xhr.setRequestHeader('content-type', file.type || 'application/octet-stream')
    xhr.responseType = 'json'
    xhr.upload.onprogress = event => event.lengthComputable && progress(event.loaded / event.total)
    xhr.onload = () => (xhr.status === 201 ? resolve(xhr.response) : reject(new Error(xhr.response?.detail)))
    xhr.onerror = xhr.onabort = () => reject(new Error())
    xhr.send(file)
  })
  return { done, stop: () => xhr.abort() }
}

/** How the file looks in the thread until the server's own version comes. */
export const preview = (file: Uploaded, original: File): VisitorPart => ({
  type: file.type,
  mime: file.mime,
  bytes: file.bytes,
  name: file.name,
  url: file.type === 'image' ? URL.createObjectURL(original) : '',
})
