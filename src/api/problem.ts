import type { FastifyInstance } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import type { Logger } from 'pino'
import { ZodError } from 'zod'
import { DatabaseUnavailable } from '../db/connect.ts'

interface Fields {
  field?: string
  /** What would be allowed instead. */
  but?: 'template'
  errors?: { field: string; message: string }[]
}

/** An answer that says what was wrong (RFC 9457). Throw it from any route. */
export class Problem extends Error {
  status: number
  title: string
  fields: Fields
  constructor(status: number, title: string, detail: string, fields: Fields = {}) {
    super(detail)
    this.status = status
    this.title = title
    this.fields = fields
  }
}

export const notFound = (what: string): Problem => new Problem(404, 'Not found', `There is no ${what} here.`)

/** Answers `found`, or throws the problem that says what is missing. */
export function orNotFound<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw notFound(what)
  return found
}

export const invalid = (errors: { field: string; message: string }[]): Problem =>
  new Problem(400, 'Invalid input', errors.map(e => `${e.field}: ${e.message}`).join('; '), {
    ...(errors[0] && { field: errors[0].field }),
    errors,
  })

export function answerProblems(app: FastifyInstance, log: Pick<Logger, 'error'>): void {
  app.setErrorHandler((error: Error & { statusCode?: number; code?: string }, request, reply) => {
    const problem = asProblem(error)
    if (problem.status >= 500)
      log.error({ error: error.message, stack: error.stack, url: request.url.split('?')[0] }, 'A request failed.')
    if (problem.status === 503) reply.header('retry-after', '1')
    reply.code(problem.status).type('application/problem+json').send(bodyOf(problem))
  })
}

export const bodyOf = (problem: Problem) => ({
  type: 'about:blank',
  title: problem.title,
  status: problem.status,
  detail: problem.message,
  ...problem.fields,
})

function asProblem(error: Error & { statusCode?: number }): Problem {
  if (error instanceof Problem) return error
  if (hasZodFastifySchemaValidationErrors(error)) {
    return invalid(
      error.validation.map(issue => ({
        field:
          `${error.validationContext ?? 'body'}${issue.instancePath.replaceAll('/', '.')}`.replace(
            /^(body|querystring|params|headers)\.?/,
            '',
          ) ||
          (error.validationContext ?? 'body'),
        message: issue.message ?? 'is wrong',
      })),
    )
  }
  if (error instanceof ZodError)
    return invalid(error.issues.map(i => ({ field: i.path.join('.'), message: i.message })))
  if (error instanceof DatabaseUnavailable)
    return new Problem(503, 'Not now', 'The database cannot be reached at the moment. Try again.')
  if (error.statusCode && error.statusCode < 500) return new Problem(error.statusCode, 'Refused', error.message)
  return new Problem(500, 'Something went wrong', 'An unexpected error happened; the log has its details.')
}
