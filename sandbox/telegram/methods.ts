import { reactionEmoji } from '../../src/channels/telegram/capabilities.ts'
import { logoOf } from '../logo.ts'
import type { World } from '../world.ts'
import { commandMethods } from './commands.ts'
import { botOf, chatOf, deskOf, personOf } from './desk.ts'
import { type Fields, objectOf, textOf } from './fields.ts'
import { keepFile, pathOf, uniqueOf } from './files.ts'
import { messageOf } from './messages.ts'
import { bubbleIn, choicesOf, recipientOf } from './recipient.ts'
import { bad } from './refusal.ts'
import { type Method, sends, textParts } from './sending.ts'
import { deleteWebhook, getUpdates, getWebhookInfo, setWebhook } from './webhook.ts'

const actions = new Set(
  (
    'typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker ' +
    'find_location record_video_note upload_video_note'
  ).split(' '),
)

const getMe: Method = (_fields, world) => ({
  ...botOf(world),
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
  can_connect_to_business: false,
  has_main_web_app: false,
})

const faces = new WeakMap<World, Promise<string>>()

/** Of the bot itself, in one size; people hide theirs here. */
async function getUserProfilePhotos(fields: Fields, world: World): Promise<object> {
  if (textOf(fields, 'user_id') !== String(botOf(world).id)) return { total_count: 0, photos: [] }
  const drawn = async () => {
    const upload = { bytes: new Uint8Array(await logoOf(world.account.name)), mime: 'image/png', name: 'face.png' }
    return keepFile(world, 'photos', upload).id
  }
  const face = faces.get(world) ?? drawn()
  faces.set(world, face)
  const file_id = await face
  return { total_count: 1, photos: [[{ file_id, file_unique_id: uniqueOf(file_id), width: 240, height: 240 }]] }
}

function getChat(fields: Fields, world: World): object {
  const person = personOf(world, Number(textOf(fields, 'chat_id')))
  if (!person) throw bad('chat not found')
  return { ...chatOf(person), accent_color_id: 0, max_reaction_count: 11, accepted_gift_types: {} }
}

/** Bots fetch files up to 20 MB. */
function getFile(fields: Fields, world: World): object {
  const file = world.files.get(textOf(fields, 'file_id') ?? '')
  if (!file) throw bad('invalid file_id')
  const file_size = file.bytes.length
  if (file_size > 20 * 1024 * 1024) throw bad('file is too big')
  return { file_id: file.id, file_unique_id: uniqueOf(file.id), file_size, file_path: pathOf(file.id) }
}

function answerCallbackQuery(fields: Fields, world: World): true {
  if ((textOf(fields, 'text') ?? '').length > 200) throw bad('MESSAGE_TOO_LONG')
  if (!deskOf(world).presses.delete(textOf(fields, 'callback_query_id') ?? ''))
    throw bad('query is too old and response timeout expired or query ID is invalid')
  return true
}

function sendChatAction(fields: Fields, world: World): true {
  const person = recipientOf(fields, world)
  if (!actions.has(textOf(fields, 'action') ?? '')) throw bad('wrong parameter action in request')
  world.events.emit('typing', person)
  return true
}

function setMessageReaction(fields: Fields, world: World): true {
  const person = recipientOf(fields, world)
  const bubble = bubbleIn(fields, person, world)
  if (!bubble) throw bad('message to react not found')
  const wanted = objectOf<{ type?: string; emoji?: string }[]>(fields, 'reaction') ?? []
  if (wanted.length > 1) throw bad('REACTIONS_TOO_MANY')
  if (wanted.some(r => r.type !== 'emoji' || !reactionEmoji.includes(r.emoji ?? ''))) throw bad('REACTION_INVALID')
  const others = bubble.reactions.filter(r => r.from !== 'business')
  const own = wanted.map(r => ({ emoji: r.emoji!, from: 'business' as const }))
  world.change(bubble.id, { reactions: [...others, ...own] })
  return true
}

function editMessageText(fields: Fields, world: World): object {
  const bubble = bubbleIn(fields, recipientOf(fields, world), world)
  if (!bubble || bubble.deleted) throw bad('message to edit not found')
  if (bubble.from !== 'business') throw bad("message can't be edited")
  const parts = textParts(fields)
  if (JSON.stringify(parts) === JSON.stringify(bubble.parts))
    throw bad(
      'message is not modified: specified new message content and reply markup are exactly the same as a current ' +
        'content and reply markup of the message',
    )
  world.change(bubble.id, { parts, edited: true })
  return { ...messageOf(world, bubble), edit_date: Math.floor(world.now().getTime() / 1000) }
}

function editMessageReplyMarkup(fields: Fields, world: World): object {
  const bubble = bubbleIn(fields, recipientOf(fields, world), world)
  if (!bubble || bubble.deleted) throw bad('message to edit not found')
  const asked = bubble.parts.find(part => part.type === 'choices')
  const rest = bubble.parts.filter(part => part !== asked)
  const buttons = choicesOf(fields, asked?.prompt ?? '')
  const bare = !buttons.length && asked?.prompt ? [{ type: 'text' as const, text: asked.prompt }] : buttons
  world.change(bubble.id, { parts: [...rest, ...bare] })
  return messageOf(world, bubble)
}

const twoDays = 48 * 60 * 60 * 1000

function deleteMessage(fields: Fields, world: World): true {
  const bubble = bubbleIn(fields, recipientOf(fields, world), world)
  if (!bubble || bubble.deleted) throw bad('message to delete not found')
  if (world.now().getTime() - bubble.at > twoDays) throw bad("message can't be deleted for everyone")
  world.change(bubble.id, { deleted: true })
  return true
}

/** What the simulator implements, by lower-case name: the Bot API does not mind case. */
export const methods: ReadonlyMap<string, Method> = new Map(
  Object.entries({
    ...sends,
    ...commandMethods,
    getMe,
    getChat,
    getUserProfilePhotos,
    getFile,
    answerCallbackQuery,
    sendChatAction,
    setMessageReaction,
    editMessageText,
    editMessageReplyMarkup,
    deleteMessage,
    setWebhook,
    deleteWebhook,
    getWebhookInfo,
    getUpdates,
  }).map(([name, run]) => [name.toLowerCase(), run]),
)
