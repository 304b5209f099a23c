import type { FastifyReply } from 'fastify'

/** WeCom's own words for its refusals. The code for a repeated msgid is a guess. */
const words: Record<number, string> = {
  [-1]: 'system busy',
  40001: 'invalid credential',
  40003: 'invalid UserID',
  40004: 'invalid media type',
  40006: 'invalid media size',
  40007: 'invalid media_id',
  40008: 'invalid message type',
  40013: 'invalid corpid',
  40014: 'invalid access_token',
  40058: 'invalid Request Parameter',
  41001: 'access_token missing',
  42001: 'access_token expired',
  45002: 'content size out of limit',
  45009: 'api freq out of limit',
  47001: 'data format error',
  95001: 'send msg count limit',
  95002: 'send msg time limit',
  95004: 'open_kfid not exist',
  95007: 'invalid msg token',
  95014: 'welcome code invalid or expired',
  95018: 'send msg session status invalid',
  95030: 'msgid is duplicated',
}

export function refuse(code: number, reply: FastifyReply): FastifyReply {
  const more = `hint: [1795262400], from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e=${code}`
  return reply
    .code(200)
    .type('application/json; charset=UTF-8')
    .send({ errcode: code, errmsg: `${words[code] ?? 'error'}, ${more}` })
}
