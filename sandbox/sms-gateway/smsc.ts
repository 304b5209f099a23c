import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { maybe, text } from '../../src/channels/kit.ts'
import type { World } from '../world.ts'
import { arrive, form, learn, personOf, type Shape, secretOf } from './shape.ts'

const wrong = (error: string, error_code: number) => ({ error, error_code })

/** SMSC.ru: a form in, JSON out, always HTTP 200; receipts as a signed form. */
export const smsc: Shape = {
  routes,
  message: (said, id, { person, world }) => {
    const ts = String(Math.floor(world.now().getTime() / 1000))
    return form({ phone: person.phone, mes: said, to: '79000000000', sms_id: id, ts })
  },
  unknown: person => form({ phone: person.phone, call: 'missed' }),
  refuse: {
    rate: reply => reply.send(wrong('duplicate request, wait a minute', 9)),
    down: reply => reply.code(503).type('text/html').send('<h1>503</h1>'),
    token: reply => reply.send(wrong('authorise error', 2)),
    blocked: reply => reply.send(wrong('can not to deliver', 8)),
  },
  settings: world => ({
    preset: 'smsc',
    account: world.account.id,
    password: world.account.token,
    webhookSecret: secretOf(world),
    signingSecret: world.account.secret,
    // In the cabinet one types the address of the webhook; here it comes with the call that checks the password.
    check: '/sys/balance.php?login={account}&psw={password}&fmt=3&callback={webhook}',
  }),
}

function routes(app: FastifyInstance, world: World): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
  const isKnown = ({ login, psw }: Record<string, unknown>) => login === world.account.id && psw === world.account.token
  app.post('/sys/send.php', async request => {
    const fields = maybe(request.body)
    if (!isKnown(fields)) return wrong('authorise error', 2)
    const { phones, mes, fmt } = fields
    if (!text(phones) || !text(mes)) return wrong('parameters error', 1)
    if (text(mes)!.length > 1000) return wrong('message is too long', 1)
    const person = personOf(world, phones)
    if (!person) return wrong('invalid number', 7)
    const id = String(world.next())
    arrive({ id, text: text(mes)!, person, world, tell: reached => receipt(id, person.phone, { reached, world }) })
    return fmt === '3' ? { id: Number(id), cnt: 1 } : `OK - 1 SMS, ID - ${id}`
  })
  app.get('/sys/balance.php', async request => {
    const query = maybe(request.query)
    if (!isKnown(query)) return wrong('authorise error', 2)
    learn(world, query.callback)
    return { balance: '1000.00' }
  })
}

function receipt(id: string, phone: string, { reached, world }: { reached: string; world: World }): string {
  const status = reached === 'delivered' ? '1' : '20'
  const signed = (hash: string) =>
    createHash(hash).update(`${id}:${phone}:${status}:${world.account.secret}`).digest('hex')
  const ts = String(Math.floor(world.now().getTime() / 1000))
  const time = world.now().toISOString().slice(0, 19).replace('T', ' ')
  const more = { time, ts, err: status === '1' ? '0' : '6', cnt: '1', cost: '3.20', type: '0' }
  return form({ id, phone, status, ...more, md5: signed('md5'), sha1: signed('sha1') })
}
