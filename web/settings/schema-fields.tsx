import { Field } from '../parts/field.tsx'
import { readable } from '../readable.ts'
import { t } from '../say.ts'
import { Refused } from '../state/api.ts'
import type { ChannelKind, SettingField } from '../state/store.ts'
import { settingWords } from './setting-words.ts'

/** Settings that nobody needs at first: they fold away. */
const rare = new Set(['baseUrl', 'apiVersion', 'ca', 'proxy'])

export const isRare = ([name, field]: [string, SettingField], required: readonly string[]): boolean =>
  !required.includes(name) &&
  (rare.has(name) || !!field.secret || (field.default !== undefined && field.default !== ''))

interface SchemaFieldsProps {
  kind: ChannelKind
  /** What is set now; secrets come masked. */
  settings?: Record<string, string>
  error?: unknown
  part: 'first' | 'rare'
}

/** The form of a kind, drawn from its JSON Schema. */
export function SchemaFields({ kind, settings = {}, error, part }: SchemaFieldsProps) {
  const required = kind.settings.required ?? []
  const fields = Object.entries(kind.settings.properties ?? {}).filter(
    entry => isRare(entry, required) === (part === 'rare'),
  )
  return fields.map(([name, field]) => (
    <Setting
      key={name}
      name={name}
      field={field}
      value={settings[name]}
      required={required.includes(name) && !settings[name]}
      error={faultOf(error, name)}
    />
  ))
}

function faultOf(error: unknown, name: string): string | undefined {
  if (!(error instanceof Refused)) return undefined
  const { errors, field, detail } = error.problem
  return (
    errors?.find(e => e.field.split('.').at(-1) === name)?.message ??
    (field?.split('.').at(-1) === name ? detail : undefined)
  )
}

interface SettingProps {
  name: string
  field: SettingField
  value: string | undefined
  required: boolean
  error: string | undefined
}

function Setting({ name, field, value, required, error }: SettingProps) {
  const shared = {
    label: field.title ? settingWords(field.title) : readable(name),
    name: `settings.${name}`,
    error: error && settingWords(error),
    help: field.description && settingWords(field.description),
  }
  if (field.secret)
    return (
      <Field
        {...shared}
        type="password"
        className="secret"
        placeholder={value ?? ''}
        required={required}
        autoComplete="off"
        spellCheck={false}
        aside={<span className="dim meta-text">{t('stored encrypted')}</span>}
      />
    )
  return (
    <Field
      {...shared}
      defaultValue={value}
      placeholder={String(field.default ?? '')}
      required={required}
      autoComplete="off"
      spellCheck={false}
    />
  )
}

/** What was filled in; empty lines are left to their defaults, a secret left empty stays as it is. */
export function settingsOf(form: HTMLFormElement): Record<string, string> {
  const filled = [...new FormData(form)].filter(([name, value]) => name.startsWith('settings.') && String(value).trim())
  return Object.fromEntries(filled.map(([name, value]) => [name.slice('settings.'.length), String(value).trim()]))
}
