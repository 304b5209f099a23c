import { useId } from 'react'
import { Field } from '../parts/field.tsx'
import { readable } from '../readable.ts'
import { t } from '../say.ts'
import type { ChannelKind, SettingField } from '../state/store.ts'
import { faultOf } from './filled.ts'
import { MenuEditor } from './menu-editor.tsx'
import { optionWords } from './option-words.ts'
import { settingWords } from './setting-words.ts'

/** Settings that nobody needs at first: they fold away. */
const rare = new Set(['baseUrl', 'apiVersion', 'ca', 'proxy'])

/** What is asked for even where a preset knows the rest. */
const besidePreset = new Set(['preset', 'baseUrl', 'account', 'password', 'sender', 'webhookSecret'])

type Entry = [string, SettingField]

const isRare = ([name, field]: Entry, { required = [], properties = {} }: ChannelKind['settings']): boolean =>
  !required.includes(name) &&
  ('preset' in properties
    ? !besidePreset.has(name)
    : rare.has(name) ||
      !!field.secret ||
      field.type === 'boolean' ||
      (field.default !== undefined && field.default !== ''))

const partOf = (entry: Entry, settings: ChannelKind['settings']): SchemaFieldsProps['part'] =>
  entry[1].menu ? 'menus' : isRare(entry, settings) ? 'rare' : 'first'

/** Only what has several lines, or a very long one, gets more than a line. */
const long = new Set(['ca', 'fields', 'headers', 'links', 'origins', 'signature'])

interface SchemaFieldsProps {
  kind: ChannelKind
  /** What is set now; secrets come masked. */
  settings?: Record<string, string>
  error?: unknown
  part?: 'first' | 'rare' | 'menus'
  /** These fields, and no others. */
  only?: readonly string[]
}

/** The form of a kind, drawn from its JSON Schema. */
export function SchemaFields({ kind, settings = {}, error, part, only }: SchemaFieldsProps) {
  const required = only ?? kind.settings.required ?? []
  const fields = Object.entries(kind.settings.properties ?? {}).filter(
    entry => only?.includes(entry[0]) ?? partOf(entry, kind.settings) === part,
  )
  return fields.map(([name, field]) => (
    <Setting
      key={name}
      name={name}
      field={field}
      value={settings[name]}
      required={required.includes(name)}
      error={faultOf(error, name)}
    />
  ))
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
  if (field.menu) return <MenuEditor key={value ?? ''} {...shared} limits={field.menu} value={value} />
  if (field.secret)
    return (
      <Field
        {...shared}
        type="password"
        className="secret"
        placeholder={value ?? ''}
        required={required && !value}
        autoComplete="off"
        spellCheck={false}
        aside={<span className="dim meta-text">{t('stored encrypted')}</span>}
      />
    )
  if (field.type === 'boolean') return <Tick {...shared} on={(value ?? String(field.default)) === 'true'} />
  if (field.enum) return <Pick {...shared} options={field.enum} chosen={value ?? String(field.default ?? '')} />
  if (long.has(name)) return <Lines {...shared} value={value} />
  const number = field.type === 'integer' || field.type === 'number'
  return (
    <Field
      {...shared}
      {...(number && { type: 'number', min: field.minimum, max: field.maximum, inputMode: 'numeric' as const })}
      defaultValue={value}
      placeholder={String(field.default ?? '')}
      required={required}
      autoComplete="off"
      spellCheck={false}
    />
  )
}

interface Labelled {
  label: string
  name: string
  help: string | undefined
  error: string | undefined
}

function Help({ id, help, error }: { id: string; help: string | undefined; error: string | undefined }) {
  return error || help ? (
    <span id={id} className={error ? 'help bad' : 'help'}>
      {error ?? help}
    </span>
  ) : null
}

function Tick({ label, name, help, error, on }: Labelled & { on: boolean }) {
  const id = useId()
  return (
    <div className="field">
      <label className="check-line">
        <input type="checkbox" name={name} defaultChecked={on} aria-describedby={id} />
        <b>{label}</b>
      </label>
      <Help id={id} help={help} error={error} />
    </div>
  )
}

function Pick({ label, name, help, error, options, chosen }: Labelled & { options: string[]; chosen: string }) {
  const id = useId()
  return (
    <div className="field">
      <b>
        <label htmlFor={id}>{label}</label>
      </b>
      <span className="fld">
        <select id={id} name={name} defaultValue={chosen} aria-describedby={`${id}-help`}>
          {!options.includes(chosen) && <option value="" />}
          {options.map(option => (
            <option key={option} value={option}>
              {optionWords(option)}
            </option>
          ))}
        </select>
      </span>
      <Help id={`${id}-help`} help={help} error={error} />
    </div>
  )
}

function Lines({ label, name, help, error, value }: Labelled & { value: string | undefined }) {
  const id = useId()
  return (
    <div className="field">
      <b>
        <label htmlFor={id}>{label}</label>
      </b>
      <span className="fld">
        <textarea id={id} name={name} rows={4} defaultValue={value} aria-describedby={`${id}-help`} />
      </span>
      <Help id={`${id}-help`} help={help} error={error} />
    </div>
  )
}
