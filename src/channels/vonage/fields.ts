import type { RawRequest } from '../contract.ts'
import { bodyText, maybe, parseJson, text } from '../kit.ts'

/** The fields of the older SMS API: in the query, in a form or in JSON, as the account is set. Null for anything else. */
export function fieldsOf(request: RawRequest): Readonly<Record<string, string>> | null {
  const said = bodyText(request).trim()
  if (!said) return request.query
  if (!said.startsWith('{')) return Object.fromEntries(new URLSearchParams(said))
  try {
    const json = maybe(parseJson(said))
    return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, text(value) ?? '']))
  } catch {
    return null
  }
}
