import { createHmac } from 'node:crypto'
import { same } from '../channels/kit.ts'
import type { Parley } from '../parley.ts'

const lifeSeconds = 24 * 3600

/** An address from which a provider can fetch a stored file for a day, without any log-in. */
export function publicLink(
  on: Pick<Parley, 'config' | 'now'>,
  workspaceId: string,
  mediaId: string,
  name = 'file',
): string {
  const expires = Math.floor(on.now().getTime() / 1000) + lifeSeconds
  const claim = `${workspaceId}.${mediaId}.${expires}`
  return `${on.config.publicUrl}/files/${claim}.${seal(on, claim)}/${encodeURIComponent(name)}`
}

/** What a link leads to, or nothing when it is forged or has expired. */
export function readLink(
  on: Pick<Parley, 'config' | 'now'>,
  token: string,
): { workspaceId: string; mediaId: string } | undefined {
  const [workspaceId, mediaId, expires, mac] = token.split('.')
  if (!workspaceId || !mediaId || !expires || !mac || !/^\d{1,18}$/.test(workspaceId) || !/^\d{1,18}$/.test(mediaId))
    return undefined
  if (!same(mac, seal(on, `${workspaceId}.${mediaId}.${expires}`)) || Number(expires) * 1000 < on.now().getTime())
    return undefined
  return { workspaceId, mediaId }
}

const seal = ({ config }: Pick<Parley, 'config'>, claim: string): string =>
  createHmac('sha256', config.secretKey).update(`file ${claim}`).digest('base64url')
