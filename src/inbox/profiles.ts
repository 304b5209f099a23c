import { type Address, MediaGone } from '../channels/contract.ts'
import type { Job, TaskAnswer, TaskContext } from '../jobs/job.ts'
import { enqueue } from '../jobs/queue.ts'
import { changingAsWorker, type Telling } from '../live/publish.ts'
import type { Parley } from '../parley.ts'
import type { Heard } from './arrivals.ts'
import { clean } from './doorway.ts'
import { keyOf, type Person } from './find-people.ts'
import { ioFor } from './io.ts'
import { ownCopy, pictureAt } from './pictures.ts'
import { conversationsById, holdConversationsOf } from './store.ts'

/** So long what a network told of somebody is believed. */
const believedDays = 7
export const lookUpAttempts = 5

interface LookUp {
  contact: string
  channel: string
  address: Address
  /** The address of a picture that the message itself told. */
  face?: string
}

/** Jobs for those whose network can tell more of them than their message did. Messages never wait for it. */
export async function askWho(
  tx: Telling,
  workspaceId: string,
  { heard, people }: { heard: readonly Heard[]; people: ReadonlyMap<string, Person> },
): Promise<number> {
  const asked = new Map<string, LookUp>()
  for (const { channel, event } of heard) {
    if (!('from' in event) || !event.from || event.type === 'watermark') continue
    if (event.type === 'typing' || event.group) continue
    const face = event.sender?.avatarUrl
    const person = people.get(keyOf(channel.id, event.from))
    if (!person || !(channel.adapter.profile || face)) continue
    const { contactId: contact } = person
    asked.set(contact, { contact, channel: channel.id, address: event.from, ...(face && { face }) })
  }
  if (!asked.size) return 0
  const { rows } = await tx.query<{ id: string }>(
    `update contacts set looked_up_at = now() where workspace_id = $1 and id = any($2::bigint[])
       and (looked_up_at is null or looked_up_at < now() - make_interval(days => $3)) returning id`,
    [workspaceId, [...asked.keys()], believedDays],
    'who to look up',
  )
  await enqueue(
    tx,
    rows.map(({ id }) => ({
      workspaceId,
      laneOf: `profile ${asked.get(id)!.channel}`,
      key: `profile ${id}`,
      task: 'look-up',
      payload: asked.get(id)!,
    })),
  )
  return rows.length
}

/** Asks the network who somebody is, as far as the message did not tell. A name that somebody of the team wrote stays. */
export async function lookUp(on: Parley, job: Job, context: TaskContext): Promise<TaskAnswer> {
  const { contact, channel: channelId, address, face } = job.payload as LookUp
  const channel = await on.channels.byId(channelId)
  if (channel?.state !== 'on') return undefined
  try {
    const io = ioFor(on, channel, context.signal)
    const profile = await channel.adapter.profile?.(address, io)
    const url = profile?.avatarUrl ?? face
    const picture = url && (await pictureAt(io, url))
    const avatarUrl = picture ? await ownCopy(on, job.workspaceId, picture) : undefined
    if (profile || avatarUrl) await learn(on, { workspaceId: job.workspaceId, contact }, { ...profile, avatarUrl })
  } catch (error) {
    if (!(error instanceof MediaGone) && context.attempt < lookUpAttempts) throw error
    on.log.debug({ channel: channelId, error: (error as Error).message }, 'A profile could not be looked up.')
  }
  return undefined
}

const tidy = (value: string | undefined, most: number): string | null =>
  value ? clean(value).slice(0, most).toWellFormed() : null

async function learn(
  on: Parley,
  { workspaceId, contact }: { workspaceId: string; contact: string },
  profile: { name?: string; avatarUrl?: string | undefined; language?: string },
): Promise<void> {
  await changingAsWorker(on, workspaceId, async tx => {
    const ids = await holdConversationsOf(tx, workspaceId, contact)
    const { rowCount } = await tx.query(
      `update contacts set name = case when named then name else coalesce($3, name) end, avatar_url = coalesce($4, avatar_url),
         language = coalesce(language, $5)
       where workspace_id = $1 and id = $2 and ((not named and name is distinct from coalesce($3, name))
         or avatar_url is distinct from coalesce($4, avatar_url) or (language is null and $5::text is not null))`,
      [workspaceId, contact, tidy(profile.name, 200), tidy(profile.avatarUrl, 1000), tidy(profile.language, 20)],
    )
    if (!rowCount) return
    for (const conversation of await conversationsById(tx, workspaceId, ids))
      tx.tell({ type: 'conversation', conversation })
  })
}
