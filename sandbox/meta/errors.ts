import { type GraphError, parameter } from '../whatsapp/errors.ts'
import type { World } from '../world.ts'
import { flavourOf } from './flavour.ts'

export { badToken, expiredToken, type GraphError, noToken, parameter, refuse, unknownNode } from '../whatsapp/errors.ts'

export const noPerson: GraphError = { ...parameter('No matching user found'), subcode: 2018001 }

export const notAvailable: GraphError = {
  status: 400,
  code: 551,
  subcode: 1545041,
  message: "(#551) This person isn't available right now.",
}

export const retiredTag: GraphError = { ...parameter('This message tag is no longer supported.'), subcode: 1893061 }

export const noAttachment: GraphError = { ...parameter('Invalid attachment ID'), subcode: 2018074 }

export const notFetched: GraphError = { ...parameter('Upload attachment failure.'), subcode: 2018047 }

export const answered: GraphError = {
  status: 400,
  code: 10900,
  message: '(#10900) Activity already replied to',
}

export const outOfWindow = (world: World): GraphError => {
  const { status, subcode, type } = flavourOf(world).outOfWindow
  return { status, code: 10, subcode, type, message: '(#10) This message is sent outside of allowed window.' }
}

export const tooMany: GraphError = {
  status: 400,
  code: 613,
  message: '(#613) Calls to this api have exceeded the rate limit.',
}

export const unavailable: GraphError = {
  status: 500,
  code: 2,
  message: 'An unexpected error has occurred. Please retry your request later.',
  transient: true,
}

export const badProof: GraphError = {
  status: 400,
  code: 100,
  message: 'Invalid appsecret_proof provided in the API argument',
  type: 'GraphMethodException',
}

export const notOwner: GraphError = {
  status: 400,
  code: 10,
  subcode: 2018300,
  message: '(#10) Message failed to send because another app is controlling this thread now.',
}
