import { adapters } from '../src/channels/index.ts'
import { cast } from './cast.ts'
import { emailWire } from './email.ts'
import { instagramWire } from './instagram.ts'
import { lineWire } from './line.ts'
import { maxWire } from './max.ts'
import { messengerWire } from './messenger.ts'
import { okWire } from './ok.ts'
import { smppWire } from './smpp.ts'
import { smsGatewayWire } from './sms-gateway.ts'
import { telegramWire } from './telegram.ts'
import { twilioWire } from './twilio.ts'
import { viberWire } from './viber.ts'
import { vkWire } from './vk.ts'
import { vonageWire } from './vonage.ts'
import { wechatWire } from './wechat.ts'
import { wecomWire } from './wecom.ts'
import { whatsappWire } from './whatsapp/index.ts'
import type { Wire } from './wire.ts'

/** Every simulated messenger: one is offered in the demo from the line that enters it here. */
const entered: readonly Wire[] = [
  whatsappWire,
  telegramWire,
  viberWire,
  messengerWire,
  instagramWire,
  vkWire,
  okWire,
  maxWire,
  lineWire,
  wechatWire,
  wecomWire,
  twilioWire,
  vonageWire,
  smppWire,
  smsGatewayWire,
  emailWire,
]

const order = Object.keys(cast)
const placeOf = ({ kind }: Wire) => (order.includes(kind) ? order.indexOf(kind) : order.length)

/** The entered ones that Parley speaks to, in the order of their phones. */
export const wires: readonly Wire[] = entered
  .filter(wire => adapters.some(adapter => adapter.kind === wire.kind))
  .sort((one, other) => placeOf(one) - placeOf(other))
