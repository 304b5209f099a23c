import type { World } from '../world.ts'
import type { Body } from './check.ts'
import { type GraphError, invalid, missing } from './errors.ts'

export interface StoredTemplate {
  id: string
  name: string
  language: string
  category: 'UTILITY' | 'MARKETING' | 'AUTHENTICATION'
  status: 'APPROVED' | 'PENDING' | 'REJECTED' | 'PAUSED'
  parameter_format: 'POSITIONAL' | 'NAMED'
  components: Body[]
}

const stores = new WeakMap<World, StoredTemplate[]>()

/** The templates of this business account; change the list to add one. */
export function templatesOf(world: World): StoredTemplate[] {
  if (!stores.has(world)) stores.set(world, samples())
  return stores.get(world)!
}

const body = (text: string): Body => ({ type: 'BODY', text })
const quick = (...texts: string[]): Body => ({
  type: 'BUTTONS',
  buttons: texts.map(text => ({ type: 'QUICK_REPLY', text })),
})

function samples(): StoredTemplate[] {
  const make = (n: number, name: string, language: string, components: Body[]): StoredTemplate => ({
    id: String(1689556908129000 + n),
    name,
    language,
    category: 'UTILITY',
    status: 'APPROVED',
    parameter_format: 'POSITIONAL',
    components,
  })
  return [
    make(1, 'hello_world', 'en_US', [body('Hello! Welcome and congratulations.'), { type: 'FOOTER', text: 'Sample' }]),
    make(2, 'order_shipped', 'en_US', [
      body('Hi {{1}}, your order {{2}} is on its way.'),
      quick('Where is it?', 'Stop'),
    ]),
    make(3, 'order_shipped', 'ru', [body('{{1}}, ваш заказ {{2}} уже в пути.'), quick('Где он?', 'Стоп')]),
    make(4, 'appointment', 'en_US', [body('{{1}}, see you on {{2}} at {{3}}.')]),
    { ...make(5, 'autumn_sale', 'en_US', [body('Everything 20% off until {{1}}.')]), category: 'MARKETING' },
    {
      ...make(6, 'with_picture', 'en_US', [{ type: 'HEADER', format: 'IMAGE' }, body('Look!')]),
      category: 'MARKETING',
    },
    { ...make(7, 'refused_one', 'en_US', [body('Free money, {{1}}!')]), category: 'MARKETING', status: 'REJECTED' },
    { ...make(8, 'paused_one', 'en_US', [body('Come back, {{1}}!')]), category: 'MARKETING', status: 'PAUSED' },
  ]
}

/** Takes a draft as Meta does: names in lower case, an example for every value, and then a review. */
export function draftTemplate(world: World, raw: Body): StoredTemplate | GraphError {
  const { name, language, category, components } = raw as Partial<StoredTemplate>
  if (typeof name !== 'string' || !/^[a-z0-9_]{1,512}$/.test(name))
    return invalid('Template name can only have lowercase letters, numbers and underscores.')
  if (typeof language !== 'string') return missing('language')
  if (!['UTILITY', 'MARKETING', 'AUTHENTICATION'].includes(String(category))) return invalid('Unknown category')
  const part = Array.isArray(components) ? components.find(c => c.type === 'BODY') : undefined
  if (!part || typeof part.text !== 'string') return missing('components[BODY].text')
  const values = new Set(part.text.match(/\{\{\d+\}\}/g)).size
  const example = (part.example as { body_text?: string[][] } | undefined)?.body_text?.[0] ?? []
  if (example.length !== values) return invalid('Every variable needs an example.')
  const all = templatesOf(world)
  if (all.some(t => t.name === name && t.language === language))
    return invalid('There is already content in this language for this template.')
  const id = String(1689556908130000 + all.length)
  const made: StoredTemplate = {
    id,
    name,
    language,
    category: category!,
    status: 'PENDING',
    parameter_format: 'POSITIONAL',
    components: components!,
  }
  all.push(made)
  return made
}

export const textOf = (template: StoredTemplate): string =>
  String(template.components.find(c => c.type === 'BODY')?.text ?? '')

export const findTemplate = (world: World, raw: Body): StoredTemplate | undefined =>
  templatesOf(world).find(t => t.name === raw.name && t.language === (raw.language as Body | undefined)?.code)

export const bodyValues = (raw: Body): string[] => {
  const components = (raw.components ?? []) as Body[]
  const parameters = (components.find(c => c.type === 'body')?.parameters ?? []) as Body[]
  return parameters.map(p => String(p.text ?? ''))
}

/** What Cloud API refuses about a template message at once. */
export function checkTemplate(raw: Body, world: World): GraphError | undefined {
  const language = (raw.language as Body | undefined)?.code
  if (!raw.name) return missing("template['name'] is required")
  if (!language) return missing("template['language']['code'] is required")
  const template = findTemplate(world, raw)
  if (template?.status === 'PAUSED')
    return {
      status: 400,
      code: 132015,
      message: '(#132015) Template is paused',
      details: 'Template is paused due to low quality.',
    }
  if (template?.status !== 'APPROVED')
    return {
      status: 404,
      code: 132001,
      message: '(#132001) Template name does not exist in the translation',
      details: `template name (${raw.name}) does not exist in ${language}`,
    }
  if (template.components.some(c => c.type === 'HEADER' && c.format !== 'TEXT')) return header(raw)
  return count(raw, template)
}

function count(raw: Body, template: StoredTemplate): GraphError | undefined {
  const wanted = new Set(textOf(template).match(/\{\{\d+\}\}/g)).size
  const given = bodyValues(raw)
  if (given.some(v => /[\n\t]| {5,}/.test(v)))
    return invalid('Param text cannot have new-line/tab characters or more than 4 consecutive spaces')
  if (given.length === wanted) return undefined
  return {
    status: 400,
    code: 132000,
    message: '(#132000) Number of parameters does not match the expected number of params',
    details: `body: number of localizable_params (${given.length}) does not match the expected number of params (${wanted})`,
  }
}

const header = (raw: Body): GraphError | undefined =>
  ((raw.components ?? []) as Body[]).some(c => c.type === 'header')
    ? undefined
    : {
        status: 400,
        code: 132012,
        message: '(#132012) Parameter format does not match format in the created template',
        details: 'header: Format mismatch, expected IMAGE, received UNKNOWN',
      }
