import { type Json, maybe, number, records, text } from '../../src/channels/kit.ts'
import type { Part } from '../../src/domain/message.ts'
import { type Call, ok, Refusal, show } from '../tencent/call.ts'
import type { World } from '../world.ts'
import { type Customer, happened, nextMsgId, openKfIdOf } from './account.ts'

/** Taken is not delivered: that the customer refuses messages is told afterwards. */
export function sendMsg({ json }: Call, world: World): object {
  if (json.open_kfid !== openKfIdOf(world)) throw new Refusal(95004)
  const person: Customer | undefined = world.people.get(text(json.touser) ?? '')
  if (!person) throw new Refusal(40003)
  const msgid = idOf(json, world)
  const parts = partsOf(json, world)
  spend(person, world)
  if (person.blocked) {
    happened('msg_send_fail', { fail_msgid: msgid, fail_type: 10 }, { person, world })
    return { ...ok, msgid }
  }
  show(msgid, parts, { person, world })
  return { ...ok, msgid }
}

/** The welcome: once for each code, within its seconds. */
export function sendOnEvent({ json }: Call, world: World): object {
  const person = ([...world.people.values()] as Customer[]).find(p => p.welcome && p.welcome.code === json.code)
  if (!person?.welcome || person.welcome.until <= world.now().getTime()) throw new Refusal(95014)
  if (json.msgtype !== 'text' && json.msgtype !== 'msgmenu') throw new Refusal(40008)
  const msgid = idOf(json, world)
  const parts = partsOf(json, world)
  delete person.welcome
  show(msgid, parts, { person, world })
  return { ...ok, msgid }
}

/** Ids are unique for ever: one that was seen is refused. */
function idOf({ msgid }: Json, world: World): string {
  if (msgid === undefined) return nextMsgId(world)
  if (typeof msgid !== 'string' || !/^[0-9a-zA-Z_-]{1,32}$/.test(msgid)) throw new Refusal(40058)
  if (world.bubble(msgid)) throw new Refusal(95030)
  return msgid
}

function spend({ quota, session }: Customer, world: World): void {
  if (session === 3 || session === 4) throw new Refusal(95018)
  if (!quota || quota.until <= world.now().getTime()) throw new Refusal(95002)
  if (quota.left <= 0) throw new Refusal(95001)
  quota.left -= 1
}

function partsOf(json: Json, world: World): Part[] {
  const said = maybe(json[String(json.msgtype)])
  switch (json.msgtype) {
    case 'text':
      return [{ type: 'text', text: worded(said.content, 2048) }]
    case 'image':
    case 'voice':
    case 'video':
    case 'file':
      return [shown(json.msgtype, said.media_id, world)]
    case 'msgmenu':
      return [menu(said)]
    case 'location':
      return [place(said)]
    default:
      throw new Refusal(40008)
  }
}

function worded(value: unknown, most: number): string {
  const words = text(value)
  if (!words) throw new Refusal(40058)
  if (Buffer.byteLength(words) > most) throw new Refusal(45002)
  return words
}

function shown(type: 'image' | 'voice' | 'video' | 'file', id: unknown, world: World): Part {
  const file = world.files.get(text(id) ?? '')
  if (!file || (type !== 'file' && !file.mime.startsWith(type === 'voice' ? 'audio/' : `${type}/`)))
    throw new Refusal(40007)
  return { type, url: file.id, ref: file.id, mime: file.mime, name: file.name, bytes: file.bytes.length }
}

function menu({ head_content, list }: Json): Part {
  const rows = records(list)
  if (!rows.length || rows.length > 10) throw new Refusal(40058)
  const choices = rows.map(row => {
    if (row.type !== 'click') throw new Refusal(40058)
    return { id: worded(maybe(row.click).id, 64), label: worded(maybe(row.click).content, 128) }
  })
  return { type: 'choices', prompt: worded(head_content, 1024), choices }
}

function place({ latitude, longitude, name, address }: Json): Part {
  const [lat, lon] = [number(latitude), number(longitude)]
  if (lat === undefined || lon === undefined || Math.abs(lat) > 90 || Math.abs(lon) > 180) throw new Refusal(40058)
  return {
    type: 'location',
    lat,
    lon,
    ...(name ? { name: String(name) } : {}),
    ...(address ? { address: String(address) } : {}),
  }
}
