import type { Problem } from '../../src/api/shapes.ts'

/** One call of the public API. Throws `Refused` for anything but 2xx. */
export type Api = <T>(method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<T>

/** The API's refusal, with the problem as it was told. */
export class Refused extends Error {
  readonly status: number
  readonly problem: Partial<Problem>
  constructor(what: string, status: number, text: string) {
    super(`${what}: ${status} ${text.slice(0, 300)}`)
    this.status = status
    this.problem = jsonOf(text)
  }
}

/** Calls `<url>/api/v1<path>` with this key. A Buffer goes as it is, everything else as JSON. */
export function apiOf(url: string, key: string): Api {
  return async (method, path, body, headers = {}) => {
    const bytes = Buffer.isBuffer(body)
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && !bytes && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: bytes ? new Uint8Array(body) : JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Refused(`${method} ${path}`, answer.status, text)
    return (text ? JSON.parse(text) : undefined) as never
  }
}

function jsonOf(text: string): Refused['problem'] {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

interface Page<T> {
  items: T[]
  next: string | null
}

/** Every item of a list, over all its pages. `cursor` is the name of the parameter that asks for the next one. */
export async function everyItem<T>(api: Api, path: string, cursor: 'after' | 'before' = 'after'): Promise<T[]> {
  const all: T[] = []
  const join = path.includes('?') ? '&' : '?'
  for (let next: string | null | undefined; next !== null; ) {
    const page: Page<T> = await api('GET', `${path}${next ? `${join}${cursor}=${encodeURIComponent(next)}` : ''}`)
    all.push(...page.items)
    next = page.next
  }
  return all
}
