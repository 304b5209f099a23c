import type { FastifyInstance } from 'fastify'
import sharp from 'sharp'
import { logoOf } from './logo.ts'
import { pictures } from './pictures.ts'
import type { Person } from './wire.ts'
import type { World } from './world.ts'

/** The address of somebody's picture at the provider's file host, which asks for no token. */
export const faceUrl = (world: World, person: Pick<Person, 'id'>): string =>
  `${world.baseUrl}/faces/${encodeURIComponent(person.id)}/face.jpg`

/** The address of the account's own picture, there. */
export const logoUrl = (world: World): string => `${world.baseUrl}/pictures/logo.png`

/** The file host: a drawn face for everybody who has a phone here, the same after every restart, and the shop's pictures. */
export function serveFaces(app: FastifyInstance, world: World): void {
  app.get<{ Params: { id: string } }>('/faces/:id/face.jpg', async (request, reply) => {
    const person = world.people.get(request.params.id)
    if (!person) return reply.code(404).send('')
    return reply.type('image/jpeg').send(await jpeg(faceOf(person)))
  })
  app.get('/pictures/logo.png', async (_request, reply) =>
    reply.type('image/png').send(await logoOf(world.account.name)),
  )
  app.get<{ Params: { name: string } }>('/pictures/:name', async (request, reply) => {
    const drawn = Object.entries(pictures).find(([name]) => `${name}.jpg` === request.params.name)?.[1]
    return drawn ? reply.type('image/jpeg').send(await jpeg(drawn)) : reply.code(404).send('')
  })
}

const jpeg = (svg: string): Promise<Buffer> => sharp(Buffer.from(svg)).jpeg({ quality: 84 }).toBuffer()

const grounds = ['#b9d3c2', '#e3c7a6', '#b7cbe2', '#e2bdb4', '#cfc4e3', '#d8d6a8']
const skins = ['#f0c9a4', '#e0ad84', '#f4d6bb', '#c98f63', '#e8bd95']
const coats = ['#2f5d62', '#8a3d3d', '#3d4f7c', '#6b5b3a', '#5a3d6b', '#b0652f']
const hairs = ['#3a2a20', '#1f1a18', '#7a4a26', '#b98a4a', '#5b5b60', '#8c3f22']

/** Behind the head and over the forehead. */
const cuts: readonly { behind: string; over: string }[] = [
  { behind: '', over: 'M62 88q-4-46 38-46t38 46q-6-24-20-28-28 8-50-2-6 10-6 28z' },
  {
    behind: 'M54 158q-8-116 46-116t46 116q-18 10-46 10t-46-10z',
    over: 'M63 96q0-46 37-46t37 46q-12-30-34-34-18 18-40 34z',
  },
  { behind: 'M58 118q-8-76 42-76t42 76q-14 12-42 12t-42-12z', over: 'M64 88q2-38 36-38t36 38q-20-16-36-16t-36 16z' },
  { behind: 'M82 40a18 18 0 1 1 36 0a18 18 0 1 1-36 0', over: 'M63 92q-2-46 37-46t37 46q-8-26-37-26t-37 26z' },
]

/** Of those who write from the first day; whoever joins later gets one by the id. */
const cutOf: Readonly<Record<string, number>> = {
  'Liza Santos': 1,
  'Nora Bennett': 3,
  'Анна Лебедева': 1,
  'Илья Громов': 0,
  '佐藤 美咲': 2,
  陈浩: 0,
  Päivi: 2,
  Дмитрий: 0,
}

/** An SVG document of 200 by 200. */
function faceOf({ id, name }: Person): string {
  const seed = [...id].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) >>> 0, 7)
  const of = <T>(from: readonly T[], turn: number): T => from[(seed >>> turn) % from.length]!
  const { behind, over } = cuts[cutOf[name] ?? seed % cuts.length]!
  const [skin, hair] = [of(skins, 3), of(hairs, 5)]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200" viewBox="0 0 200 200">
    <rect width="200" height="200" fill="${of(grounds, 2)}"/><path d="${behind}" fill="${hair}"/>
    <path d="M22 200q4-52 58-58h40q54 6 58 58z" fill="${of(coats, 4)}"/>
    <path d="M84 128h32v22q-16 18-32 0z" fill="${skin}"/><path d="M84 134q16 14 32 0v8q-16 12-32 0z" fill="#000" opacity=".12"/>
    <ellipse cx="100" cy="98" rx="36" ry="42" fill="${skin}"/>
    <circle cx="86" cy="98" r="3.6" fill="#2b211c"/><circle cx="114" cy="98" r="3.6" fill="#2b211c"/>
    <path d="M79 88q7-5 13-1M108 87q6-4 13 1" stroke="${hair}" stroke-width="3" fill="none" stroke-linecap="round"/>
    <path d="M100 100q-4 10 2 11" stroke="#000" stroke-opacity=".22" stroke-width="2.5" fill="none" stroke-linecap="round"/>
    <path d="M88 120q12 9 24 0" stroke="#9a4a3d" stroke-width="3.4" fill="none" stroke-linecap="round"/>
    <path d="${over}" fill="${hair}"/></svg>`
}
