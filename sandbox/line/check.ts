import { list, maybe, number, records, text } from '../../src/channels/kit.ts'

export interface Detail {
  message: string
  property: string
}

type Fields = Record<string, unknown>

/** What is wrong with the messages of a call, in LINE's way of saying it. */
export function faults(messages: unknown): Detail[] {
  const given = list(messages)
  if (given.length < 1 || given.length > 5) return [{ message: 'Size must be between 1 and 5', property: 'messages' }]
  return given.flatMap((message, i) => checkMessage(maybe(message), `messages[${i}]`))
}

function checkMessage(message: Fields, at: string): Detail[] {
  const check = checks[text(message.type) ?? '']
  if (!check) return [{ message: 'Must be one of the supported types', property: `${at}/type` }]
  return [...check(message, at), ...quickReply(message, at)]
}

const checks: Record<string, (message: Fields, at: string) => Detail[]> = {
  text: (m, at) => length(m.text, 5000, `${at}.text`),
  textV2: (m, at) => length(m.text, 5000, `${at}.text`),
  sticker: (m, at) => [...length(m.packageId, 50, `${at}.packageId`), ...length(m.stickerId, 50, `${at}.stickerId`)],
  image: files,
  video: files,
  audio: (m, at) => [
    ...address(m.originalContentUrl, `${at}.originalContentUrl`),
    ...((number(m.duration) ?? 0) > 0
      ? []
      : [{ message: 'must be greater than or equal to 1', property: `${at}.duration` }]),
  ],
  location: (m, at) => [
    ...length(m.title, 100, `${at}.title`),
    ...length(m.address, 100, `${at}.address`),
    ...(typeof m.latitude === 'number' && typeof m.longitude === 'number' ? [] : [missing(`${at}.latitude`)]),
  ],
  template: (m, at) => [...length(m.altText, 400, `${at}.altText`), ...template(maybe(m.template), `${at}.template`)],
  flex: (m, at) => [...length(m.altText, 400, `${at}.altText`), ...flex(maybe(m.contents), `${at}.contents`)],
}

const missing = (property: string): Detail => ({ message: 'May not be empty', property })

export function length(value: unknown, max: number, property: string): Detail[] {
  const said = text(value)
  if (!said) return [missing(property)]
  return said.length > max ? [{ message: `Length must be between 0 and ${max}`, property }] : []
}

/** LINE wants https; plain http is let through here, so that laptops can play. */
function address(value: unknown, property: string): Detail[] {
  const url = text(value) ?? ''
  if (!url) return [missing(property)]
  return /^https?:\/\//.test(url) && url.length <= 2000 ? [] : [{ message: 'invalid uri', property }]
}

function files(m: Fields, at: string): Detail[] {
  const tracking = text(m.trackingId)
  return [
    ...address(m.originalContentUrl, `${at}.originalContentUrl`),
    ...address(m.previewImageUrl, `${at}.previewImageUrl`),
    ...(tracking !== undefined && tracking.length > 100
      ? [{ message: 'Length must be between 0 and 100', property: `${at}.trackingId` }]
      : []),
  ]
}

function template(given: Fields, at: string): Detail[] {
  const actions = records(given.actions)
  const most = { buttons: 4, confirm: 2 }[text(given.type) ?? '']
  if (!most) return text(given.columns) === undefined ? [missing(`${at}.type`)] : []
  const room = given.type === 'confirm' ? 240 : given.title || given.thumbnailImageUrl ? 60 : 160
  if (!actions.length || actions.length > most)
    return [{ message: `Size must be between 1 and ${most}`, property: `${at}.actions` }]
  return [
    ...length(given.text, room, `${at}.text`),
    ...actions.flatMap((action, i) => [
      ...length(action.label, 20, `${at}.actions[${i}].label`),
      ...checkAction(action, `${at}.actions[${i}]`),
    ]),
  ]
}

function quickReply(message: Fields, at: string): Detail[] {
  const items = records(maybe(message.quickReply).items)
  if (items.length > 13) return [{ message: 'Size must be between 1 and 13', property: `${at}.quickReply.items` }]
  return items.flatMap(({ action }, i) => {
    const place = `${at}.quickReply.items[${i}].action`
    return [...length(maybe(action).label, 20, `${place}.label`), ...checkAction(maybe(action), place)]
  })
}

export function checkAction(action: Fields, at: string): Detail[] {
  if (action.type === 'postback')
    return [
      ...length(action.data, 300, `${at}.data`),
      ...(action.displayText === undefined ? [] : length(action.displayText, 300, `${at}.displayText`)),
    ]
  if (action.type === 'message') return length(action.text, 300, `${at}.text`)
  return action.type === 'uri' ? length(action.uri, 1000, `${at}.uri`) : []
}

function flex(contents: Fields, at: string): Detail[] {
  const most = contents.type === 'carousel' ? 50_000 : 30_000
  if (Buffer.byteLength(JSON.stringify(contents)) > most)
    return [{ message: 'The request body exceeds the maximum size', property: at }]
  if (contents.type === 'carousel') return records(contents.contents).flatMap((b, i) => flex(b, `${at}.contents[${i}]`))
  if (contents.type !== 'bubble') return [{ message: 'Must be bubble or carousel', property: `${at}.type` }]
  return ['header', 'hero', 'body', 'footer'].flatMap(block =>
    contents[block] ? component(maybe(contents[block]), `${at}.${block}`) : [],
  )
}

function component(given: Fields, at: string): Detail[] {
  const own = given.action ? checkAction(maybe(given.action), `${at}.action`) : []
  if (given.type === 'text' && !given.contents) return [...own, ...length(given.text, 2000, `${at}.text`)]
  if (given.type === 'box' && !text(given.layout)) return [...own, missing(`${at}.layout`)]
  return [...own, ...records(given.contents).flatMap((inner, i) => component(inner, `${at}.contents[${i}]`))]
}
