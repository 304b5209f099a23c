import { createHash } from 'node:crypto'
import { type Menu, menuPicture, saidBy } from '../../domain/menu.ts'
import type { Io } from '../contract.ts'
import { type Json, maybe, records, text } from '../kit.ts'
import { authorization, call, contentHost, type Refusal, refusal } from './api.ts'
import type { Settings } from './settings.ts'

interface Picture {
  bytes: Uint8Array
  mime: string
}

const mark = 'parley '
const forAll = '/v2/bot/user/all/richmenu'
const longest = 1_000_000

/**
 * Makes the rich menu of the settings the one that everybody sees, or takes ours away. A menu cannot be changed at LINE:
 * the new one is made whole first, then shown, and only then the old one goes, so that customers always have one.
 * What stands already is left alone; its name tells, which is made from all that is in it.
 */
export async function setMenu(io: Io<Settings>): Promise<Refusal | undefined> {
  const { menu } = io.settings
  if (!menu) return undefined
  const before = await standing(io)
  if ('why' in before) return before
  if (!menu.entries.length) return takeAway(before, io)
  const picture = await pictureOf(menu, io)
  if ('why' in picture) return picture
  const wanted = richMenu(menu, picture)
  const shown = before.ours.find(({ id, name }) => id === before.shown && name === wanted.name)?.id
  const id = shown ?? (await show(wanted, picture, io))
  if (typeof id !== 'string') return id
  await remove(
    before.ours.filter(old => old.id !== id),
    io,
  )
  return undefined
}

interface Standing {
  ours: { id: string; name: string }[]
  /** The one that everybody sees; maybe another tool's. */
  shown: string | undefined
}

async function standing(io: Io<Settings>): Promise<Standing | Refusal> {
  const all = await call('/v2/bot/richmenu/list', { method: 'GET' }, io)
  const shown = await call(forAll, { method: 'GET' }, io)
  const refused = refusal(all) ?? (shown.status === 404 ? null : refusal(shown))
  if (refused) return refused
  const ours = records(maybe(all.json).richmenus)
    .map(({ richMenuId, name }) => ({ id: text(richMenuId) ?? '', name: text(name) ?? '' }))
    .filter(({ name }) => name.startsWith(mark))
  return { ours, shown: text(maybe(shown.json).richMenuId) }
}

/** Menus that another tool made are not ours to take away. */
async function takeAway({ ours, shown }: Standing, io: Io<Settings>): Promise<Refusal | undefined> {
  const refused = ours.some(({ id }) => id === shown) && refusal(await call(forAll, { method: 'DELETE' }, io))
  if (refused) return refused
  await remove(ours, io)
  return undefined
}

/** What is not let go now goes the next time: nobody sees it. */
async function remove(old: Standing['ours'], io: Io<Settings>): Promise<void> {
  for (const { id } of old) await call(`/v2/bot/richmenu/${id}`, { method: 'DELETE' }, io).catch(() => undefined)
}

async function pictureOf({ picture }: Menu, io: Io<Settings>): Promise<Picture | Refusal> {
  if (!picture) return { why: 'invalid', detail: 'The menu needs a picture.' }
  const file = await io.bytesOf({ type: 'image', url: `/api/v1/media/${picture.media}`, media: picture.media })
  if (/^image\/(jpeg|png)$/.test(file.mime) && file.bytes.length <= longest) return file
  return { why: 'invalid', detail: 'LINE takes a picture as JPEG or PNG of at most 1 MB.' }
}

/** The request that makes it. The picture counts into the name too: it cannot be exchanged either. */
export function richMenu(menu: Menu, { bytes }: Picture): Json & { name: string } {
  const { width, height, cells } = menuPicture(menu)
  const request = {
    size: { width, height },
    selected: menu.open === true,
    chatBarText: menu.bar || 'Menu',
    areas: menu.entries.map((entry, i) => ({ bounds: cells[i]!, action: actionOf(entry) })),
  }
  const print = createHash('sha256').update(JSON.stringify(request)).update(bytes).digest('hex')
  return { ...request, name: mark + print.slice(0, 32) }
}

/** What is said stands in the chat as the customer's own words. */
const actionOf = (entry: Menu['entries'][number]): Json =>
  entry.opens
    ? { type: 'uri', label: entry.label, uri: entry.opens }
    : { type: 'message', label: entry.label, text: saidBy(entry) }

/** The id of the menu that everybody sees now, or why it is still the old one; nothing half done is left then. */
async function show(wanted: Json, picture: Picture, io: Io<Settings>): Promise<string | Refusal> {
  const made = await call('/v2/bot/richmenu', { method: 'POST', json: wanted }, io)
  const refused = refusal(made)
  if (refused) return refused
  const id = text(maybe(made.json).richMenuId)
  if (!id) return { why: 'unknown', detail: 'LINE made a menu without an id' }
  const unloaded = refusal(await upload(id, picture, io))
  const unseen = unloaded ?? refusal(await call(`${forAll}/${id}`, { method: 'POST' }, io))
  if (!unseen) return id
  // LINE may have done it before it broke: a menu that may be seen stays, and the next time tells.
  if (unloaded || unseen.why !== 'down') await remove([{ id, name: '' }], io)
  return unseen
}

const upload = (id: string, { bytes, mime }: Picture, io: Io<Settings>) =>
  io.http({
    method: 'POST',
    url: `${contentHost(io.settings)}/v2/bot/richmenu/${id}/content`,
    headers: { ...authorization(io), 'content-type': mime },
    bytes,
    timeoutMs: 60_000,
  })
