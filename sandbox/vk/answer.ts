import type { FastifyReply } from 'fastify'
import { type Json, text } from '../../src/channels/kit.ts'

/** VK's own words for its refusals; every answer is HTTP 200. */
export const errors = {
  3: 'Unknown method passed',
  5: 'User authorization failed: invalid access_token (4).',
  6: 'Too many requests per second',
  8: 'Invalid request: v (version) is required',
  10: 'Internal server error: could not check access_token now, check later.',
  22: 'Upload error',
  100: 'One of the parameters specified was missing or invalid',
  104: 'Not found',
  105: "Couldn't save file",
  121: 'Invalid hash',
  212: 'Access to post comments denied',
  901: "Can't send messages for users without permission",
  911: 'Keyboard format is invalid',
  914: 'Message is too long',
  936: 'Contact not found',
  1009: 'Unknown reaction passed',
  2000: 'Servers number limit is reached',
} as const
export type Code = keyof typeof errors

export class Wrong extends Error {
  code: Code
  constructor(code: Code, about = '') {
    super(about ? `${errors[code]}: ${about}` : errors[code])
    this.code = code
  }
}

export const missing = (name: string): Wrong => new Wrong(100, `${name} is undefined`)

export function needed(params: Json, name: string): string {
  const found = text(params[name])
  if (!found) throw missing(name)
  return found
}

export function refuse(code: Code, reply: FastifyReply, params: Json = {}): FastifyReply {
  return answerWrong(new Wrong(code), reply, params)
}

export function answerWrong(wrong: Wrong, reply: FastifyReply, params: Json): FastifyReply {
  const request_params = Object.entries(params)
    .filter(([key]) => key !== 'access_token')
    .map(([key, value]) => ({ key, value: String(value) }))
  return reply.code(200).send({ error: { error_code: wrong.code, error_msg: wrong.message, request_params } })
}
