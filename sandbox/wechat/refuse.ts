import type { FastifyReply } from 'fastify'

/** WeChat's own words for its refusals. */
const words: Record<number, string> = {
  [-1]: 'system error',
  40001: 'invalid credential, access_token is invalid or not latest',
  40003: 'invalid openid',
  40004: 'invalid media type',
  40006: 'invalid meida size',
  40007: 'invalid media_id',
  40008: 'invalid message type',
  40013: 'invalid appid',
  40018: 'invalid button name size',
  40033: 'invalid charset. please check your request, if include \\uxxxx will create fail!',
  40037: 'invalid template_id',
  40125: 'invalid appsecret',
  41001: 'access_token missing',
  42001: 'access_token expired',
  43004: 'require subscribe',
  43101: 'user refuse to accept the msg',
  44004: 'empty content',
  45002: 'content size out of limit',
  45011: 'api minute-quota reach limit, please retry next minute',
  45015: 'response out of time limit or subscription is canceled',
  45047: 'out of response count limit',
  47001: 'data format error',
  47003: 'argument invalid! data is empty or not match the template',
}

export function refuse(code: number, reply: FastifyReply): FastifyReply {
  const errmsg = `${words[code] ?? 'error'} rid: 64f0c1a2-${String(code).padStart(8, '0')}`
  return reply.code(200).type('application/json; encoding=utf-8').send({ errcode: code, errmsg })
}
