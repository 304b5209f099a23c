import type { FastifyReply } from 'fastify'

/** Those of the classic API. */
export const errors = {
  2: 'SERVICE : Service temporarily unavailable',
  10: 'PERMISSION_DENIED : User has not allowed messages from the group',
  11: 'LIMIT_REACHED : Action limit reached',
  100: 'PARAM : Missing required or invalid parameter',
  103: 'PARAM_SESSION_KEY : Invalid session key',
  300: 'NOT_FOUND : Object not found',
} as const
export type Code = keyof typeof errors

export class Wrong extends Error {
  code: Code
  constructor(code: Code, about = '') {
    super(about ? `${errors[code]}: ${about}` : errors[code])
    this.code = code
  }
}

export function refuse(code: Code, reply: FastifyReply, said: string = errors[code]): FastifyReply {
  return reply.code(200).header('invocation-error', code).send({ error_code: code, error_msg: said, error_data: null })
}
