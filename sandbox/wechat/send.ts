import { type Json, maybe, records, text } from '../../src/channels/kit.ts'
import type { Part } from '../../src/domain/message.ts'
import { type Call, ok, Refusal, show } from '../tencent/call.ts'
import type { World } from '../world.ts'
import { type Follower, tell } from './account.ts'
import { notices, placesIn, templates } from './templates.ts'

/** A customer-service message. No id comes back. */
export function sendCustom({ json }: Call, world: World): object {
  const person = receiver(json, world)
  const parts = partsOf(json, world)
  spend(person, world)
  show(`out-${world.next()}`, parts, { person, world })
  return ok
}

export function typing({ json }: Call, world: World): object {
  const person = receiver(json, world)
  if (!person.quota || person.quota.until <= world.now().getTime()) throw new Refusal(45015)
  if (json.command !== 'Typing' && json.command !== 'CancelTyping') throw new Refusal(40008)
  world.events.emit('typing', json.command === 'Typing' ? person : undefined)
  return ok
}

function receiver(json: Json, world: World): Follower {
  const person = world.people.get(text(json.touser) ?? '')
  if (!person) throw new Refusal(40003)
  return person
}

/** Who has left is refused with the words of a closed window. */
function spend(person: Follower, world: World): void {
  const { quota, blocked } = person
  if (blocked || !quota || quota.until <= world.now().getTime()) throw new Refusal(45015)
  if (quota.left <= 0) throw new Refusal(45047)
  quota.left -= 1
}

function partsOf(json: Json, world: World): Part[] {
  const said = maybe(json[String(json.msgtype)])
  switch (json.msgtype) {
    case 'text':
      return [{ type: 'text', text: worded(said.content) }]
    case 'image':
    case 'voice':
      return [shown(json.msgtype, said.media_id, world)]
    case 'video':
      shown('image', said.thumb_media_id, world)
      return [shown('video', said.media_id, world)]
    case 'msgmenu':
      return [menu(said)]
    case 'news': {
      const [article, ...more] = records(said.articles)
      if (!article || more.length) throw new Refusal(45002)
      return [{ type: 'link', url: worded(article.url), title: worded(article.title) }]
    }
    default:
      throw new Refusal(40008)
  }
}

function worded(value: unknown): string {
  const words = text(value)
  if (!words) throw new Refusal(44004)
  if (Buffer.byteLength(words) > 2048) throw new Refusal(45002)
  return words
}

function shown(type: 'image' | 'voice' | 'video', id: unknown, world: World): Part {
  const file = world.files.get(text(id) ?? '')
  if (!file?.mime.startsWith(type === 'voice' ? 'audio/' : `${type}/`)) throw new Refusal(40007)
  const { mime, name, bytes } = file
  return { type, url: `${world.baseUrl}/video/${file.id}`, ref: file.id, mime, name, bytes: bytes.length }
}

function menu(said: Json): Part {
  const choices = records(said.list).map(({ id, content }) => ({ id: worded(id), label: worded(content) }))
  if (!choices.length) throw new Refusal(44004)
  const whole = [said.head_content, ...choices.map(c => c.label), said.tail_content].join('\n')
  if (Buffer.byteLength(whole) > 2048) throw new Refusal(45002)
  return { type: 'choices', prompt: text(said.head_content) ?? '', choices }
}

export function sendTemplate({ json }: Call, world: World): object {
  const person = receiver(json, world)
  const template = templates.find(t => t.template_id === json.template_id)
  if (!template) throw new Refusal(40037)
  const words = filled(template, maybe(json.data))
  if (person.blocked) throw new Refusal(43004)
  const msgid = 200_228_000 + world.next()
  show(`template:${msgid}`, [{ type: 'text', text: words }], { person, world })
  tell('event', { Event: 'TEMPLATESENDJOBFINISH', MsgID: msgid, Status: 'success' }, { person, world })
  return { ...ok, msgid }
}

/** One notice for each time the customer allowed one. */
export function sendNotice({ json }: Call, world: World): object {
  const person = receiver(json, world)
  const notice = notices.find(n => n.priTmplId === json.template_id)
  if (!notice) throw new Refusal(40037)
  const words = filled(notice, maybe(json.data))
  const index = person.allowed?.indexOf(notice.priTmplId) ?? -1
  if (person.blocked || index < 0) throw new Refusal(43101)
  person.allowed!.splice(index, 1)
  const msgid = 300_228_000 + world.next()
  show(`subscribe:${msgid}`, [{ type: 'text', text: words }], { person, world })
  const List = { TemplateId: notice.priTmplId, MsgID: msgid, ErrorCode: 0, ErrorStatus: 'success' }
  tell('event', { Event: 'subscribe_msg_sent_event', SubscribeMsgSentEvent: { List } }, { person, world })
  return { ...ok, msgid }
}

function filled({ title, content }: { title: string; content: string }, data: Json): string {
  if (placesIn(content).some(place => !text(maybe(data[place]).value))) throw new Refusal(47003)
  return `${title}\n${content.replace(/\{\{(\w+)\.DATA\}\}/g, (_, place) => text(maybe(data[place]).value)!)}`.trim()
}
