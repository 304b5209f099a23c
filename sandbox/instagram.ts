import { accountId, appId, verifyToken } from './meta/ids.ts'
import { metaWire } from './meta/wire.ts'

export { comment } from './meta/comments.ts'
export { giveThread, story, takeThread, writeInInbox } from './meta/more.ts'
export { batch } from './meta/tell.ts'

/** Instagram API with Instagram Login: the Graph paths of one professional account. */
export const instagramWire = metaWire('instagram', world => ({
  accountId: accountId(world),
  accessToken: world.account.token,
  appSecret: world.account.secret,
  verifyToken: verifyToken(world),
  appId: appId(world),
  apiVersion: 'v26.0',
}))
