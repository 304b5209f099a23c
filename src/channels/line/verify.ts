import { createHmac } from 'node:crypto'
import type { RawRequest, Verdict } from '../contract.ts'
import { same } from '../kit.ts'
import type { Settings } from './settings.ts'

/** LINE signs the untouched body with the channel secret. The test of the console is signed too and has no events. */
export function verify(request: RawRequest, { channelSecret }: Settings): Verdict {
  if (!channelSecret) return { verdict: 'reject', why: 'the channel has no channel secret' }
  return same(request.headers['x-line-signature'] ?? '', signature(request.body, channelSecret))
    ? { verdict: 'accept' }
    : { verdict: 'reject', why: 'the signature does not fit the channel secret' }
}

export const signature = (body: Uint8Array, channelSecret: string): string =>
  createHmac('sha256', channelSecret).update(body).digest('base64')
