import { type Json, maybe, records, text } from '../../src/channels/kit.ts'
import type { World } from '../world.ts'
import { type GraphError, parameter } from './errors.ts'

export interface UtilityTemplate {
  id: string
  name: string
  language: string
  status: 'APPROVED' | 'PENDING' | 'REJECTED'
  body: string
}

const approved = (name: string, language: string, body: string): UtilityTemplate => ({
  id: `6${name.length}${language.length}000111`,
  name,
  language,
  status: 'APPROVED',
  body,
})

/** The page's own templates. */
export const templatesOf = (_world: World): UtilityTemplate[] => [
  approved('order_shipped', 'en', 'Your order {{1}} is on its way and arrives on {{2}}.'),
  approved('appointment', 'fi', 'Tervetuloa {{1}}.'),
  { ...approved('sale', 'en', 'Everything must go!'), status: 'REJECTED' },
]

export const findTemplate = (world: World, name: string): UtilityTemplate | undefined =>
  templatesOf(world).find(t => t.name === name)

/** As Graph lists them. */
export const listed = (world: World): Json[] =>
  templatesOf(world).map(({ body, ...t }) => ({
    ...t,
    category: 'UTILITY',
    components: [{ type: 'BODY', text: body }],
  }))

export function checkTemplate(template: Json, world: World): GraphError | undefined {
  const language = text(maybe(template.language).code)
  const found = templatesOf(world).find(t => t.name === template.name && t.language === language)
  if (found?.status !== 'APPROVED') return parameter(`Template ${text(template.name)} in ${language} does not exist`)
  const given = records(template.components).flatMap(c => records(c.parameters)).length
  const wanted = new Set(found.body.match(/\{\{\d+\}\}/g)).size
  return given === wanted ? undefined : parameter(`Template wants ${wanted} parameters, got ${given}`)
}
