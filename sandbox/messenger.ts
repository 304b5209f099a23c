import { accountId, appId, verifyToken } from './meta/ids.ts'
import { metaWire } from './meta/wire.ts'

export { expireAt } from './meta/account.ts'
export { changeComment, comment } from './meta/comments.ts'
export { giveThread, takeThread, writeInInbox } from './meta/more.ts'
export { batch } from './meta/tell.ts'

/** Messenger Platform: the Graph paths of one page and one app. */
export const messengerWire = metaWire('messenger', world => ({
  pageId: accountId(world),
  pageAccessToken: world.account.token,
  appSecret: world.account.secret,
  verifyToken: verifyToken(world),
  appId: appId(world),
  apiVersion: 'v26.0',
}))
