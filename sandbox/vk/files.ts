import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Json, text } from '../../src/channels/kit.ts'
import type { StoredFile, World } from '../world.ts'
import { groupOf, jsonIn, seconds } from './account.ts'
import { needed, Wrong } from './answer.ts'
import type { Method } from './api.ts'

/** Files come in three steps: where to, there, saved. */
export const files: Record<string, Method> = {
  'photos.getMessagesUploadServer': (_params, world) => ({
    album_id: -64,
    group_id: groupOf(world),
    upload_url: `${world.baseUrl}/upload/photo`,
    user_id: 0,
  }),
  'photos.saveMessagesPhoto': savePhoto,
  'docs.getMessagesUploadServer': (params, world) => {
    const type = text(params.type) ?? 'doc'
    if (!['doc', 'audio_message', 'graffiti'].includes(type)) throw new Wrong(100, 'type is invalid')
    return { upload_url: `${world.baseUrl}/upload/${type}` }
  },
  'docs.save': saveDoc,
}

/** Uploaded, but not saved: nobody can be sent it yet. */
const waiting = new WeakMap<World, Map<string, Omit<StoredFile, 'id'>>>()

function waitingIn(world: World) {
  const known = waiting.get(world) ?? new Map<string, Omit<StoredFile, 'id'>>()
  waiting.set(world, known)
  return known
}

export function uploads(app: FastifyInstance, world: World): void {
  app.post('/upload/photo', async request => {
    const file = await fileIn(request, 'photo')
    if (!file || !/^image\/(jpeg|png|gif)$/.test(file.mime)) return { server: 857416, photo: '[]', hash: '' }
    const ticket = keep(file, world)
    return { server: 857416, photo: JSON.stringify([{ photo: ticket }]), hash: hashOf(ticket) }
  })
  app.post('/upload/:type', async request => {
    const { type } = request.params as { type: string }
    const file = await fileIn(request, 'file')
    if (!file) return { error: 'no_file' }
    if (type === 'audio_message' && !/^audio\/(ogg|opus)/.test(file.mime))
      return { error: 'unknown_error', error_descr: 'the audio message is not in ogg' }
    if (/\.(mp3|exe)$/i.test(file.name)) return { error: 'wrong_file_type', error_descr: 'this type is not allowed' }
    return { file: `${type}|${keep(file, world)}` }
  })
  app.get('/file/:id/:name', (request, reply) => {
    const file = world.files.get((request.params as { id: string }).id)
    return file ? reply.type(file.mime).send(Buffer.from(file.bytes)) : reply.code(404).send('')
  })
}

async function fileIn(request: FastifyRequest, field: string): Promise<Omit<StoredFile, 'id'> | undefined> {
  const body = Buffer.isBuffer(request.body) ? new Uint8Array(request.body) : new Uint8Array()
  const headers = { 'content-type': request.headers['content-type'] ?? '' }
  const form = await new Response(body, { headers }).formData().catch(() => undefined)
  const file = form?.get(field)
  if (!file || typeof file === 'string') return undefined
  return { bytes: await file.bytes(), mime: file.type, name: file.name }
}

function keep(file: Omit<StoredFile, 'id'>, world: World): string {
  const ticket = String(world.next())
  waitingIn(world).set(ticket, file)
  return ticket
}

const hashOf = (ticket: string): string => Buffer.from(`hash ${ticket}`).toString('hex')

function claim(ticket: string, world: World): Omit<StoredFile, 'id'> | undefined {
  const file = waitingIn(world).get(ticket)
  waitingIn(world).delete(ticket)
  return file
}

/** Puts a file where phones and the business can fetch it, under the name that VK gives it. */
export function store(type: string, file: Omit<StoredFile, 'id'>, at: { owner: number; world: World }) {
  const { owner, world } = at
  const id = 457_239_000 + world.next()
  const name = `${type}${owner}_${id}`
  world.files.set(name, { ...file, id: name })
  return { id, owner_id: owner, name, url: addressOf(name, world), access_key: keyOf(id) }
}

export const keyOf = (id: number): string => id.toString(16).padStart(10, 'a')
export const addressOf = (name: string, world: World): string =>
  `${world.baseUrl}/file/${name}/${encodeURIComponent(world.files.get(name)?.name ?? 'file')}`

function savePhoto(params: Json, world: World): unknown {
  const [first] = (jsonIn(needed(params, 'photo')) ?? []) as { photo?: string }[]
  if (!first?.photo) throw new Wrong(100, 'photos_list is invalid')
  if (params.hash !== hashOf(first.photo)) throw new Wrong(121)
  const file = claim(first.photo, world)
  if (!file) throw new Wrong(105)
  return [photoObject(store('photo', file, { owner: -groupOf(world), world }), world)]
}

type Stored = ReturnType<typeof store>

export function photoObject({ id, owner_id, access_key, url }: Stored, world: World) {
  const sizes = [
    { type: 's', width: 75, height: 75, url: `${url}?size=75` },
    { type: 'x', width: 604, height: 604, url },
  ]
  return {
    album_id: -64,
    date: seconds(world),
    id,
    owner_id,
    access_key,
    sizes,
    text: '',
    user_id: 100,
    has_tags: false,
  }
}

function saveDoc(params: Json, world: World): unknown {
  const [type, ticket] = needed(params, 'file').split('|')
  const file = claim(ticket ?? '', world)
  if (!file || !type) throw new Wrong(105)
  const saved = store(type, { ...file, name: text(params.title) || file.name }, { owner: -groupOf(world), world })
  return { type, [type]: type === 'audio_message' ? voiceObject(saved, 1) : docObject(saved, world) }
}

export function voiceObject({ id, owner_id, access_key, url }: Stored, duration: number) {
  return { id, owner_id, access_key, duration, link_mp3: url, link_ogg: url, waveform: [1, 7, 3] }
}

export function docObject({ id, owner_id, access_key, name, url }: Stored, world: World) {
  const file = world.files.get(name)!
  const ext = /\.([^.]+)$/.exec(file.name)?.[1] ?? ''
  return {
    id,
    owner_id,
    access_key,
    title: file.name,
    size: file.bytes.length,
    ext,
    url,
    date: seconds(world),
    type: 8,
  }
}
