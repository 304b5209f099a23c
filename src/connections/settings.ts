import { z } from 'zod'
import type { Adapter } from '../channels/contract.ts'

/** JSON Schema of a kind's settings: draws the form, with `secret: true` on what must not be shown again. */
export function settingsSchema(
  adapter: Adapter,
): { properties?: Record<string, { secret?: boolean; title?: string }> } & Record<string, unknown> {
  return z.toJSONSchema(adapter.settings, { io: 'input', unrepresentable: 'any' }) as never
}

export type Checked =
  | { ok: true; settings: Record<string, unknown> }
  | { ok: false; errors: { field: string; message: string }[] }

/** Given settings become whole ones (defaults filled in), or errors that name each field. */
export function checkSettings(adapter: Adapter, given: unknown): Checked {
  const result = adapter.settings.safeParse(given)
  if (result.success) return { ok: true, settings: result.data as Record<string, unknown> }
  return {
    ok: false,
    errors: result.error.issues.map(issue => ({
      field: ['settings', ...issue.path].join('.'),
      message: describe(issue),
    })),
  }
}

/** Settings after a change of some of them; null takes one away. */
export function changedSettings(before: object, change: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== null))
}

function describe(issue: z.core.$ZodIssue): string {
  return issue.code === 'unrecognized_keys' ? `There is no setting called ${issue.keys.join(', ')}.` : issue.message
}

/** What may be shown: secrets become dots and their last four characters, which are enough to tell two apart. */
export function shownSettings(adapter: Adapter, settings: unknown): Record<string, string> {
  const { properties = {} } = settingsSchema(adapter)
  const shown: Record<string, string> = {}
  for (const [name, value] of Object.entries(settings as Record<string, unknown>)) {
    if (value === undefined || value === '') continue
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    shown[name] = properties[name]?.secret ? `•••• ${text.length > 12 ? text.slice(-4) : ''}`.trimEnd() : text
  }
  return shown
}
