import { z } from 'zod'
import { type Menu, type MenuLimits, menuFaults, menuFaultWords, menuFromLines } from '../domain/menu.ts'

const entry = z.strictObject({
  label: z.string().trim(),
  says: z.string().trim().optional().describe('What the customer says by pressing it; the label when absent.'),
  opens: z.string().trim().optional().describe('An https address, in place of `says`.'),
})

const shape = z.strictObject({
  entries: z.array(entry).max(100),
  bar: z.string().trim().optional(),
  open: z.boolean().optional(),
  tall: z.boolean().optional(),
  picture: z
    .strictObject({
      media: z.string().regex(/^\d{1,18}$/, 'The id of a stored file.'),
      colour: z
        .string()
        .regex(/^#[0-9a-f]{6}$/i, 'Like #0b6b66.')
        .optional(),
    })
    .optional(),
})

type Words = { title: string; description: string }

/** A setting that is a menu. Absent: what the network has is left alone; without entries: it is taken away there. */
export const menuSetting = (limits: MenuLimits, words: Words) =>
  shape
    .superRefine((menu, context) => {
      for (const fault of menuFaults(menu, limits))
        context.addIssue({
          code: 'custom',
          path: fault.row === undefined ? [fault.at] : ['entries', fault.row, fault.at],
          message: menuFaultWords(fault),
        })
    })
    .optional()
    .meta({ ...words, menu: limits })

/** The same where it was written as lines of text before: those stay as they are. */
export const menuSettingOrLines = (limits: MenuLimits, words: Words) =>
  z
    .union([z.string().trim().max(2000), menuSetting(limits, words)])
    .optional()
    .meta({ ...words, menu: limits })

/** The menu of a setting, or undefined where nothing was ever set. */
export function menuOf(setting: Menu | string | undefined): Menu | undefined {
  return typeof setting === 'string' ? (setting ? menuFromLines(setting) : undefined) : setting
}
