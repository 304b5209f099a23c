import type { FastifyReply } from 'fastify'
import type { World } from '../world.ts'

export interface GraphError {
  status: number
  code: number
  message: string
  subcode?: number
  details?: string
  type?: string
  transient?: true
}

/** Graph's error body. `error_data` comes with the errors of WhatsApp itself. */
export function refuse(reply: FastifyReply, world: World, error: GraphError): FastifyReply {
  const { status, code, message, subcode, details, type = 'OAuthException', transient } = error
  return reply.code(status).send({
    error: {
      message,
      type,
      code,
      ...(subcode && { error_subcode: subcode }),
      ...(transient && { is_transient: true }),
      ...(details && { error_data: { messaging_product: 'whatsapp', details } }),
      fbtrace_id: `A${Buffer.from(`${world.account.id}.${world.next()}`).toString('base64url')}`,
    },
  })
}

export const invalid = (details: string): GraphError => ({
  status: 400,
  code: 131009,
  message: '(#131009) Parameter value is not valid',
  details,
})

export const missing = (details: string): GraphError => ({
  status: 400,
  code: 131008,
  message: '(#131008) Required parameter is missing',
  details,
})

export const parameter = (words: string): GraphError => ({ status: 400, code: 100, message: `(#100) ${words}` })

export const unknownNode = (method: string, id: string): GraphError => ({
  status: 400,
  code: 100,
  subcode: 33,
  type: 'GraphMethodException',
  message: `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api`,
})

export const noToken: GraphError = {
  status: 401,
  code: 104,
  message: 'An access token is required to request this resource.',
}

export const badToken: GraphError = {
  status: 401,
  code: 190,
  message: 'Invalid OAuth access token - Cannot parse access token',
}

export const expiredToken: GraphError = {
  status: 401,
  code: 190,
  subcode: 463,
  message: 'Error validating access token: Session has expired on Sunday, 01-Nov-26 10:00:00 PST.',
}

export const tooMany: GraphError = {
  status: 429,
  code: 130429,
  message: '(#130429) Rate limit hit',
  details: 'Cloud API message throughput has been reached.',
}

export const pairRate: GraphError = {
  status: 400,
  code: 131056,
  message: '(#131056) (Business Account, Consumer Account) pair rate limit hit',
  details: 'Too many messages were sent from this phone number to the same phone number in a short period of time.',
}

export const unavailable: GraphError = {
  status: 503,
  code: 131016,
  message: '(#131016) Service unavailable',
  details: 'A service is temporarily unavailable.',
  transient: true,
}

export const undeliverable: GraphError = {
  status: 400,
  code: 131026,
  message: '(#131026) Message undeliverable',
  details: 'Message Undeliverable.',
}
