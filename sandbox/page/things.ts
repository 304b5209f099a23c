import { pictures } from '../pictures.ts'
import type { Deed } from './state.ts'

type Media = Extract<Deed, { do: 'media' }>

export const pictureUrl = (name: keyof typeof pictures): string =>
  `data:image/svg+xml,${encodeURIComponent(pictures[name])}`

/** One of the drawn pictures, as a camera would hand it over. */
export async function samplePhoto(name: keyof typeof pictures): Promise<Media> {
  const image = new Image()
  image.src = pictureUrl(name)
  await image.decode()
  const canvas = Object.assign(document.createElement('canvas'), { width: 800, height: 800 })
  canvas.getContext('2d')!.drawImage(image, 0, 0, 800, 800)
  const blob = await new Promise<Blob | null>(done => canvas.toBlob(done, 'image/jpeg', 0.86))
  if (!blob) throw new Error('The picture could not be made.')
  return media('image', { blob, name: `${name}.jpg` })
}

/** A file the owner of the phone picked; its type decides how it is shown. */
export function pickedFile(file: File): Promise<Media> {
  const type = file.type.split('/')[0]
  const shownAs = type === 'image' || type === 'video' || type === 'audio' ? type : 'file'
  return media(shownAs, { blob: file, name: file.name })
}

const price = `Rye layer cake, 8 pieces, 64.00 EUR
Collect on Saturday at 10:30, Tehtaankatu 7, Helsinki
`
export const sampleFile = (): Promise<Media> =>
  media('file', { blob: new Blob([price], { type: 'text/plain' }), name: 'order.txt' })

export interface Recording {
  /** Ends it and hands over what was said. */
  done(): Promise<Media>
}

/** Listens to the microphone until `done`. Throws when there is none or it is not allowed. */
export async function record(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
  const wanted = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus', 'audio/mp4']
  const mimeType = wanted.find(type => MediaRecorder.isTypeSupported(type))
  const recorder = new MediaRecorder(stream, mimeType ? { mimeType } : {})
  const chunks: Blob[] = []
  const began = Date.now()
  recorder.ondataavailable = ({ data }) => chunks.push(data)
  recorder.start()
  return {
    async done() {
      const stopped = new Promise(resolve => recorder.addEventListener('stop', resolve))
      recorder.stop()
      await stopped
      for (const track of stream.getTracks()) track.stop()
      const blob = new Blob(chunks, { type: recorder.mimeType.split(';')[0]! })
      const seconds = Math.max(1, Math.round((Date.now() - began) / 1000))
      return { ...(await media('voice', { blob, name: 'voice' })), seconds }
    },
  }
}

const rate = 16_000

/** Three notes, two seconds, as a WAV file: a voice message for machines without a microphone. */
export async function tune(): Promise<Media> {
  const samples = Int16Array.from({ length: rate * 2 }, (_, n) => {
    const note = [392, 494, 587][Math.min(2, Math.floor((n / rate / 2) * 3))]!
    const within = (n % ((rate * 2) / 3)) / rate
    return 12_000 * Math.sin(2 * Math.PI * note * (n / rate)) * Math.exp(-3 * within)
  })
  const blob = new Blob([waveHeader(samples.byteLength), samples], { type: 'audio/wav' })
  return { ...(await media('voice', { blob, name: 'voice.wav' })), seconds: 2 }
}

/** 44 bytes: RIFF, PCM, one channel, 16 bits. */
function waveHeader(bytes: number): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(44))
  const letters = (at: number, text: string) => {
    for (const [n, letter] of [...text].entries()) view.setUint8(at + n, letter.charCodeAt(0))
  }
  letters(0, 'RIFF')
  view.setUint32(4, 36 + bytes, true)
  letters(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, rate, true)
  view.setUint32(28, rate * 2, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  letters(36, 'data')
  view.setUint32(40, bytes, true)
  return view.buffer
}

async function media(type: Media['type'], { blob, name }: { blob: Blob; name: string }): Promise<Media> {
  const mime = blob.type || 'application/octet-stream'
  return { do: 'media', type, base64: await base64(blob), mime, name }
}

async function base64(blob: Blob): Promise<string> {
  const url = await new Promise<string>((done, fail) => {
    const reader = new FileReader()
    reader.onload = () => done(String(reader.result))
    reader.onerror = () => fail(reader.error)
    reader.readAsDataURL(blob)
  })
  return url.slice(url.indexOf(',') + 1)
}
