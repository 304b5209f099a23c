import sharp from 'sharp'
import { menuPicture } from '../src/domain/menu.ts'
import type { Api } from './furnish.ts'
import { pictures } from './pictures.ts'

const hours = 'When are you open?'
const cake = 'I would like to order a cake.'
const person = 'May I talk to a person?'

const menus: Record<string, object> = {
  telegram: {
    menu: {
      entries: [
        { label: 'Когда вы открыты', says: '/hours' },
        { label: 'Заказать торт', says: '/cake' },
        { label: 'Позвать человека', says: '/person' },
      ],
    },
  },
  messenger: {
    greeting: 'Hello {{user_first_name}}! What shall we bake for you?',
    menu: {
      entries: [
        { label: 'Opening hours', says: hours },
        { label: 'Order a cake', says: cake },
      ],
    },
    iceBreakers: { entries: [{ label: hours }, { label: person }] },
  },
  wechat: { menu: { entries: [{ label: '营业时间' }, { label: '订蛋糕' }, { label: '人工服务' }] } },
}

/** The settings of the menu that the bakery has with this messenger; nothing where there is none. */
export async function menuFor(kind: string, api: Api): Promise<object> {
  if (kind !== 'line') return menus[kind] ?? {}
  const entries = [{ label: '営業時間' }, { label: 'ケーキを注文' }, { label: 'スタッフと話す' }]
  const headers = { 'content-type': 'image/jpeg' }
  const { media } = await api<{ media: string }>('POST', '/media?name=menu.jpg', { file: await tiles(), headers })
  return { menu: { entries, bar: 'メニュー', picture: { media } } }
}

/** Three pictures side by side: a server has no letters for Japanese to draw with. */
async function tiles(): Promise<Buffer> {
  const { width, height, cells } = menuPicture({ entries: [{ label: '' }, { label: '' }, { label: '' }] })
  const names = ['loaf', 'cake', 'rolls'] as const
  const shown = await Promise.all(
    cells.map(async (cell, i) => ({
      input: await sharp(Buffer.from(pictures[names[i]!])).resize(cell.width, cell.height).png().toBuffer(),
      left: cell.x,
      top: cell.y,
    })),
  )
  const ground = { width, height, channels: 3 as const, background: '#e9dfcf' }
  return sharp({ create: ground }).composite(shown).jpeg({ quality: 82 }).toBuffer()
}
