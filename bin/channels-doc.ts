// Writes docs/channels.md: what every channel can carry, as the channels themselves declare it.
import fs from 'node:fs'
import path from 'node:path'
import type { Adapter } from '../src/channels/contract.ts'
import { adapters } from '../src/channels/index.ts'
import type { Capabilities, Place, Unit } from '../src/domain/capabilities.ts'
import { type MediaType, mediaTypes } from '../src/domain/message.ts'

/** The whole document. Pure, so that a test can tell whether the written one is stale. */
export function channelsDoc(channels: readonly Adapter[]): string {
  const rows = channels.flatMap(spots)
  const tables = Object.entries(columns).map(([title, cells]) => `## ${title}\n\n${table(rows, cells)}\n`)
  return [intro, ...tables, ...channels.map(section)].join('\n')
}

const intro = `# Channels

Written by \`bin/channels-doc\` from what the channels declare; change it there. "–" means that the network does not have it.
What a network cannot carry is replaced, and the composer says so before sending, or it is refused with a reason. Where
other things are possible than in chats, as below a post, that place has a row of its own.
`

/** A row: a channel's chats, or one of its other places. */
interface Spot {
  channel: Adapter
  can: Capabilities
  place?: Place['name']
}

const spots = (channel: Adapter): Spot[] => [
  { channel, can: channel.can },
  ...(channel.places ?? []).map(({ name, can }) => ({ channel, can, place: name })),
]

type Cell = (spot: Spot) => string
const yes = (has: unknown): string => (has ? 'yes' : '–')

const columns: Record<string, Record<string, Cell>> = {
  'What a message may hold': {
    Text: ({ can }) => `${count(can.text.max)} ${units[can.text.unit]}`,
    Picture: sizeOf('image'),
    Video: sizeOf('video'),
    Sound: sizeOf('audio'),
    Voice: sizeOf('voice'),
    File: sizeOf('file'),
    Sticker: sizeOf('sticker'),
    Buttons: ({ can }) => (can.choices ? String(can.choices.max) : '–'),
    List: ({ can }) => (can.choices?.list ? String(can.choices.list.max) : '–'),
    Place: ({ can }) => yes(can.location),
    Card: ({ can }) => yes(can.contact),
    Poll: ({ can }) => (can.poll ? `${can.poll.options} options` : '–'),
    Template: ({ can }) => yes(can.templates),
  },
  'What goes on around it': {
    Quote: ({ can }) => yes(can.reply),
    Reaction: ({ can }) => reactions(can),
    'Typing shown': ({ can }) => yes(can.typing),
    'Read mark': ({ can }) => yes(can.markRead),
    'Edits seen': ({ can }) => yes(can.edits),
    'Told delivered': ({ can }) => yes(can.receipts.includes('delivered')),
    'Told read': ({ can }) => yes(can.receipts.includes('read')),
    Profile: ({ channel, place }) => yes(!place && channel.profile),
  },
  'Rules and speed': {
    'Who reads': ({ can, place }) =>
      can.public ? `everybody${aside(can.public)}` : place === 'group' ? 'the group' : 'the customer',
    'Who begins': ({ can }) => beginnings[can.firstMessage],
    'Free answers': ({ can }) => (can.window ? `${can.window.hours} h, then ${after[can.window.after]}` : 'always'),
    'A second': ({ can }) => count(can.rate.perSecond),
    'To one person': ({ can }) => perContact(can),
    'A lost answer': ({ can }) => (can.idempotent ? 'is repeated safely' : 'is shown to the agent'),
  },
}

const units: Record<Unit, string> = { utf16: 'UTF-16 units', codepoints: 'characters', bytes: 'bytes' }
const aside = ({ privatelyForDays: days }: NonNullable<Capabilities['public']>): string =>
  days ? `, or the customer alone, once within ${days} days` : ''
const beginnings = { free: 'both', template: 'both, the business with a template', never: 'the customer' }
const after = { template: 'a template', nothing: 'nothing' }
const count = (n: number): string => n.toLocaleString('en').replaceAll(',', ' ')

function sizeOf(type: MediaType): Cell {
  return ({ can }) => (can.media[type] ? megabytes(can.media[type].maxBytes) : '–')
}

function megabytes(bytes: number): string {
  if (bytes % 1_048_576 === 0) return `${bytes / 1_048_576} MiB`
  return bytes < 1_000_000 ? `${Math.floor(bytes / 1000)} kB` : `${Number((bytes / 1_000_000).toFixed(1))} MB`
}

const reactions = ({ reactions }: Capabilities): string =>
  reactions === 'any' ? 'any' : reactions ? `${reactions.length} emoji` : '–'

const spans: Record<number, string> = { 1: 'a second', 60: 'a minute', 3600: 'an hour' }

const perContact = ({ rate: { perContact: each } }: Capabilities): string =>
  each ? `${count(each.count)} in ${spans[each.seconds] ?? `${count(each.seconds)} s`}` : '–'

function table(spots: readonly Spot[], cells: Record<string, Cell>): string {
  const rows = spots.map(spot => [
    `[${spot.channel.name}](#${anchor(spot.channel)})${spot.place ? `, ${spot.place}` : ''}`,
    ...Object.values(cells).map(cell => cell(spot)),
  ])
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |`
  const head = ['Channel', ...Object.keys(cells)]
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** As GitHub makes anchors of headings. */
const anchor = ({ name }: Adapter): string =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-')

function section(channel: Adapter): string {
  const { can, kind, name } = channel
  const lines = [...mediaLines(can), ...choiceLines(can), ...lacking(channel)].map(line => `- ${line}`)
  const more = `Kind \`${kind}\`. How to connect it, its quirks and its gaps: [README](../src/channels/${kind}/README.md).`
  return `## ${name}\n\n${more}\n\n${lines.join('\n')}\n`
}

const called: Record<MediaType, string> = {
  image: 'Pictures',
  video: 'Videos',
  audio: 'Sound files',
  voice: 'Voice messages',
  file: 'Files',
  sticker: 'Stickers',
}

function mediaLines({ media }: Capabilities): string[] {
  return mediaTypes.flatMap(type => {
    const room = media[type]
    if (!room) return []
    const kinds = room.mimes ? `: ${room.mimes.join(', ')}` : ' of any kind'
    const caption = room.caption ? `caption ${count(room.caption)}` : 'a caption goes as its own message'
    return [`${called[type]}${kinds}; ${megabytes(room.maxBytes)}; ${caption}.`]
  })
}

function choiceLines({ choices }: Capabilities): string[] {
  if (!choices) return []
  const { max, label, prompt, list } = choices
  const buttons = `Buttons: ${max}, labels of ${label} under a question of ${count(prompt)} characters`
  return [list ? `${buttons}; a list of up to ${list.max}, labels of ${list.label}.` : `${buttons}.`]
}

/** What the network does not have, and what happens instead. */
function lacking({ can, ...channel }: Adapter): string[] {
  const files = mediaTypes.filter(type => !can.media[type]).map(type => lackingMedia(type, can))
  const instead: [unknown, string][] = [
    [can.choices, 'No buttons: they become a numbered list.'],
    [can.location, 'No places: they become a link to a map.'],
    [can.contact, 'No contact cards: they become text.'],
    [can.poll, 'No polls: they become text.'],
    [can.templates, 'No templates.'],
    [can.reply, 'No quotes: an answer stands by itself.'],
    [can.reactions, 'No reactions.'],
    [can.typing, 'The customer does not see the agent typing.'],
    [can.markRead, 'The customer is not told that the business has read.'],
    [can.edits, 'Edits by the customer are not told.'],
    [can.receipts.includes('delivered'), 'Nobody is told that a message was delivered.'],
    [can.receipts.includes('read'), 'Nobody is told that a message was read.'],
    [channel.profile, 'No look-up of profiles: names come with messages.'],
  ]
  return [...files, ...instead.flatMap(([has, words]) => (has ? [] : [words]))]
}

function lackingMedia(type: MediaType, { media }: Capabilities): string {
  const instead = media.file ? 'they go as files' : 'they are refused'
  return `No ${called[type].toLowerCase()}: ${instead}.`
}

if (process.argv[1] === import.meta.filename)
  fs.writeFileSync(path.resolve(import.meta.dirname, '../docs/channels.md'), channelsDoc(adapters))
