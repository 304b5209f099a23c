import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { ZodError } from 'zod'
import { DatabaseUnavailable } from '../db/connect.ts'

/** An expected refusal: becomes a problem detail (RFC 9457). */
export class Refused extends Error {
  readonly status: number
  readonly retryAfterSeconds: number | undefined
  constructor(status: number, detail: string, retryAfterSeconds?: number) {
    super(detail)
    this.status = status
    this.retryAfterSeconds = retryAfterSeconds
  }
}

const titles: Record<number, string> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Forbidden',
  404: 'Not found',
  413: 'Too large',
  422: 'Not acceptable as it is',
  429: 'Too many requests',
  500: 'Something broke here',
  503: 'Try again soon',
}

/** Answers every error of the widget's routes. What broke inside stays inside. */
export function answerProblem(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
  const [status, detail] = told(error)
  if (status === 500) request.log.error({ err: error }, 'a visitor’s request broke')
  if (error instanceof Refused && error.retryAfterSeconds)
    reply.header('retry-after', String(Math.ceil(error.retryAfterSeconds)))
  reply
    .code(status)
    .type('application/problem+json')
    .send({ type: 'about:blank', title: titles[status] ?? 'Refused', status, detail })
}

function told(error: FastifyError | Error): [number, string] {
  if (error instanceof Refused) return [error.status, error.message]
  if (error instanceof ZodError)
    return [422, error.issues.map(i => `${i.path.join('.') || 'body'}: ${i.message}`).join('; ')]
  if (error instanceof DatabaseUnavailable) return [503, 'The database cannot be reached for the moment.']
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500
  return status < 500 ? [status, error.message] : [500, 'Nothing was stored. Please try again.']
}
