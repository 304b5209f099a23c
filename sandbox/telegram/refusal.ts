/** What the Bot API says no with. `parameters` carries retry_after and the like. */
export class Refusal extends Error {
  code: number
  parameters: Record<string, number> | undefined
  constructor(code: number, description: string, parameters?: Record<string, number>) {
    super(description)
    this.code = code
    this.parameters = parameters
  }
  get body() {
    const { code: error_code, message: description, parameters } = this
    return { ok: false, error_code, description, ...(parameters && { parameters }) }
  }
}

export const bad = (what: string): Refusal => new Refusal(400, `Bad Request: ${what}`)
export const unauthorized = (): Refusal => new Refusal(401, 'Unauthorized')
export const notFound = (): Refusal => new Refusal(404, 'Not Found')
export const blocked = (): Refusal => new Refusal(403, 'Forbidden: bot was blocked by the user')
export const tooMany = (seconds: number): Refusal =>
  new Refusal(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds })
