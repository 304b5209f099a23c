import type { InboundEvent } from '../contract.ts'
import { type Json, maybe, number, present, text } from '../kit.ts'
import { jobDone, massDone, noticeDone, published } from './jobs.ts'
import { numbered, originOf } from './origin.ts'
import { itemsIn } from './xml.ts'

/** What an event means; nothing for one we do not know. */
export function eventsOf(body: Json): InboundEvent[] | undefined {
  const known = Object.hasOwn(kinds, String(body.Event)) ? kinds[String(body.Event)] : undefined
  return known?.(body)
}

const kinds: Record<string, (body: Json) => InboundEvent[]> = {
  subscribe: followed,
  unsubscribe: body => [{ type: 'consent', given: false, purpose: 'all', ...originOf(body) }],
  SCAN: body => [{ type: 'started', ...originOf(body), ...entry(text(body.EventKey)) }],
  LOCATION: body => happened('position-told', body, place(body.Latitude, body.Longitude)),
  CLICK: body => pressed(body),
  VIEW: body => happened('menu-link-opened', body, { url: text(body.EventKey) }),
  view_miniprogram: body => happened('menu-link-opened', body, { url: text(body.EventKey) }),
  scancode_push: body => pressed(body, text(maybe(body.ScanCodeInfo).ScanResult)),
  scancode_waitmsg: body => pressed(body, text(maybe(body.ScanCodeInfo).ScanResult)),
  // The photographs and the place follow as messages of their own.
  pic_sysphoto: body => pressed(body),
  pic_photo_or_album: body => pressed(body),
  pic_weixin: body => pressed(body),
  location_select: body => pressed(body, placeName(maybe(body.SendLocationInfo))),
  TEMPLATESENDJOBFINISH: jobDone,
  MASSSENDJOBFINISH: massDone,
  PUBLISHJOBFINISH: published,
  subscribe_msg_popup_event: body => consented(body, 'SubscribeMsgPopupEvent'),
  subscribe_msg_change_event: body => consented(body, 'SubscribeMsgChangeEvent'),
  subscribe_msg_sent_event: noticeDone,
  kf_create_session: body => happened('desk-session-started', body, { agent: text(body.KfAccount) }),
  kf_close_session: body => happened('desk-session-closed', body, { agent: text(body.KfAccount) }),
  kf_switch_session: body =>
    happened('desk-session-moved', body, { from: text(body.FromKfAccount), to: text(body.ToKfAccount) }),
}

/** Following opens the chat and is the consent to be written to. */
function followed(body: Json): InboundEvent[] {
  const origin = originOf(body)
  const scene = /^qrscene_(.+)$/s.exec(text(body.EventKey) ?? '')?.[1]
  return [
    { type: 'started', ...origin, ...entry(scene) },
    { type: 'consent', given: true, purpose: 'all', ...origin, id: numbered(origin, 'consent') },
  ]
}

const entry = (ref: string | undefined) => (ref ? { entry: { ref, source: 'qr' } } : {})

/** WeChat tells the key of a menu button, not its words. */
function pressed(body: Json, label?: string): InboundEvent[] {
  const choice = text(body.EventKey)
  if (!choice) throw new TypeError('a button without a key')
  return [{ type: 'chosen', choice, label: label || choice, ...originOf(body) }]
}

function happened(what: string, body: Json, values: Record<string, string | undefined>): InboundEvent[] {
  return [{ type: 'happened', what, ...originOf(body), values: present(values) as Record<string, string> }]
}

const place = (lat: unknown, lon: unknown) => ({ latitude: text(lat), longitude: text(lon) })

const placeName = (at: Json): string | undefined =>
  text(at.Poiname) ||
  text(at.Label) ||
  [number(at.Location_X), number(at.Location_Y)].filter(n => n !== undefined).join(', ')

/** The customer allowed or refused notices of one template, several at once. */
function consented(body: Json, name: string): InboundEvent[] {
  const origin = originOf(body)
  const about = itemsIn(body[name]).map((item, i): InboundEvent => {
    const what = item.SubscribeStatusString === 'accept' ? 'notices-allowed' : 'notices-refused'
    const values = present({ template: text(item.TemplateId) }) as Record<string, string>
    return { type: 'happened', what, values, ...origin, id: numbered(origin, String(i)) }
  })
  if (!about.length) throw new TypeError('an answer about no template')
  return about
}
