import type { Menu } from '../../src/domain/menu.ts'
import { reasonOf } from '../parts/toast.tsx'
import { t } from '../say.ts'
import { serverWords } from '../server-words.ts'
import { Refused } from '../state/api.ts'
import type { ChannelKind } from '../state/store.ts'
import { settingWords } from './setting-words.ts'

export type Filled = Record<string, string | number | boolean | Menu>

/** What was filled in; empty lines are left to their defaults, a secret left empty stays as it is. */
export function settingsOf(form: HTMLFormElement, kind: ChannelKind): Filled {
  const settings: Filled = {}
  for (const [name, { type, menu }] of Object.entries(kind.settings.properties ?? {})) {
    const input = form.elements.namedItem(`settings.${name}`)
    if (input instanceof HTMLInputElement && type === 'boolean') settings[name] = input.checked
    const text = String(new FormData(form).get(`settings.${name}`) ?? '').trim()
    if (type === 'boolean' || !text) continue
    const number = type === 'integer' || type === 'number'
    if (menu && text.startsWith('{')) settings[name] = JSON.parse(text) as Menu
    else settings[name] = number && Number.isFinite(Number(text)) ? Number(text) : text
  }
  return settings
}

/** What was emptied that had a value: `null` for each. A secret is never shown, so an empty one says nothing. */
export function emptiedIn(
  form: HTMLFormElement,
  kind: ChannelKind,
  shown: Record<string, string>,
): Record<string, null> {
  const filled = settingsOf(form, kind)
  const emptied = Object.entries(kind.settings.properties ?? {}).filter(
    ([name, { secret }]) =>
      !secret && shown[name] && filled[name] === undefined && form.elements.namedItem(`settings.${name}`),
  )
  return Object.fromEntries(emptied.map(([name]) => [name, null]))
}

/** What is wrong with one setting, as the server said it. */
export function faultOf(error: unknown, name: string): string | undefined {
  if (!(error instanceof Refused)) return undefined
  const { errors, field, detail } = error.problem
  const fault =
    errors?.find(e => e.field.split('.').at(-1) === name || e.field.startsWith(`settings.${name}.`))?.message ??
    (field?.split('.').at(-1) === name ? detail : undefined)
  return fault && serverWords(fault)
}

/** Why a channel was not saved: each fault behind the name of its field, which may be folded away. */
export function reasonIn(error: unknown, { settings }: ChannelKind): string {
  const errors = error instanceof Refused ? error.problem.errors : undefined
  if (!errors) return reasonOf(error)
  return errors
    .map(({ field, message }) => {
      const [place, name = ''] = field.split('.')
      const title = place === 'name' ? t('Name for your team') : settingWords(settings.properties?.[name]?.title ?? '')
      const words = settingWords(serverWords(message))
      return title ? `${title}: ${words}` : words
    })
    .join(' ')
}
