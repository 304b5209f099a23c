import type { Adapter } from './contract.ts'
import { email } from './email/index.ts'
import { instagram } from './instagram/index.ts'
import { line } from './line/index.ts'
import { max } from './max/index.ts'
import { messenger } from './messenger/index.ts'
import { ok } from './ok/index.ts'
import { site } from './site/index.ts'
import { smpp } from './smpp/index.ts'
import { smsGateway } from './sms-gateway/index.ts'
import { telegram } from './telegram/index.ts'
import { twilio } from './twilio/index.ts'
import { viber } from './viber/index.ts'
import { vk } from './vk/index.ts'
import { vonage } from './vonage/index.ts'
import { wechat } from './wechat/index.ts'
import { wecom } from './wecom/index.ts'
import { whatsapp } from './whatsapp/index.ts'

/** Every messenger Parley speaks. `bin/new-channel` adds a line. */
export const adapters: readonly Adapter[] = [
  site,
  whatsapp,
  messenger,
  instagram,
  telegram,
  viber,
  vk,
  ok,
  max,
  line,
  wechat,
  wecom,
  twilio,
  vonage,
  smpp,
  smsGateway,
  email,
]
