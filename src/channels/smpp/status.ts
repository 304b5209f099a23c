import type { FailReason } from '../contract.ts'

type Said = readonly [name: string, why: FailReason, words?: string]

// Chapter 5.1.3 of SMPP 3.4.
const refusals: Readonly<Record<number, Said>> = {
  1: ['ESME_RINVMSGLEN', 'invalid', 'The message is too long for the message centre'],
  2: ['ESME_RINVCMDLEN', 'invalid'],
  3: ['ESME_RINVCMDID', 'invalid'],
  4: ['ESME_RINVBNDSTS', 'auth', 'This account may not do that. Try the bind "separate"'],
  5: ['ESME_RALYBND', 'down', 'The account is bound already, by an earlier connection or another program'],
  6: ['ESME_RINVPRTFLG', 'invalid'],
  7: ['ESME_RINVREGDLVFLG', 'invalid'],
  8: ['ESME_RSYSERR', 'down', 'The message centre has an error of its own'],
  10: ['ESME_RINVSRCADR', 'invalid', 'The message centre does not take this sender. It may have to be registered'],
  11: ['ESME_RINVDSTADR', 'invalid', 'The number of the customer is not valid'],
  12: ['ESME_RINVMSGID', 'invalid'],
  13: ['ESME_RBINDFAIL', 'down', 'The message centre refused the connection'],
  14: ['ESME_RINVPASWD', 'auth', 'The password is wrong'],
  15: ['ESME_RINVSYSID', 'auth', 'The system ID is wrong'],
  17: ['ESME_RCANCELFAIL', 'invalid'],
  19: ['ESME_RREPLACEFAIL', 'invalid'],
  20: ['ESME_RMSGQFUL', 'rate', 'The queue of the message centre is full'],
  21: ['ESME_RINVSERTYP', 'invalid'],
  51: ['ESME_RINVNUMDESTS', 'invalid'],
  52: ['ESME_RINVDLNAME', 'invalid'],
  64: ['ESME_RINVDESTFLAG', 'invalid'],
  66: ['ESME_RINVSUBREP', 'invalid'],
  67: ['ESME_RINVESMCLASS', 'invalid', 'The message centre does not take this kind of long message'],
  68: ['ESME_RCNTSUBDL', 'invalid'],
  69: ['ESME_RSUBMITFAIL', 'invalid', 'The message centre refused the message'],
  72: ['ESME_RINVSRCTON', 'invalid', 'The message centre does not take this kind of sender'],
  73: ['ESME_RINVSRCNPI', 'invalid', 'The message centre does not take this kind of sender'],
  80: ['ESME_RINVDSTTON', 'invalid'],
  81: ['ESME_RINVDSTNPI', 'invalid'],
  83: ['ESME_RINVSYSTYP', 'auth', 'The system type is wrong'],
  84: ['ESME_RINVREPFLAG', 'invalid'],
  85: ['ESME_RINVNUMMSGS', 'invalid'],
  88: ['ESME_RTHROTTLED', 'rate', 'More messages a second than the operator allows'],
  97: ['ESME_RINVSCHED', 'invalid'],
  98: ['ESME_RINVEXPIRY', 'invalid'],
  99: ['ESME_RINVDFTMSGID', 'invalid'],
  100: ['ESME_RX_T_APPN', 'down'],
  101: ['ESME_RX_P_APPN', 'invalid'],
  102: ['ESME_RX_R_APPN', 'invalid'],
  103: ['ESME_RQUERYFAIL', 'invalid'],
  192: ['ESME_RINVOPTPARSTREAM', 'invalid'],
  193: ['ESME_ROPTPARNOTALLWD', 'invalid', 'The message centre does not take this kind of long message'],
  194: ['ESME_RINVPARLEN', 'invalid'],
  195: ['ESME_RMISSINGOPTPARAM', 'invalid'],
  196: ['ESME_RINVOPTPARAMVAL', 'invalid'],
  254: ['ESME_RDELIVERYFAILURE', 'invalid'],
}

export interface Refusal {
  ok: false
  why: FailReason
  detail: string
  retryAfterSeconds?: number
}

/** What a command_status other than 0 means. Operators have numbers of their own from 0x400 on: an agent must look. */
export function refusal(status: number): Refusal {
  const code = `0x${status.toString(16).padStart(8, '0')}`
  const [name, why, words] = refusals[status] ?? ['the operator’s own error', 'unknown']
  const detail = `${words ? `${words}: ` : ''}${name} (${code})`
  // The protocol gives no hint. A second's quota is over soon, a full queue is not.
  return { ok: false, why, detail, ...(why === 'rate' && { retryAfterSeconds: status === 0x14 ? 30 : 2 }) }
}

/** Refusals of a bind that waiting does not mend: system ID, password, system type. */
export const hopeless = (status: number): boolean => [0x0e, 0x0f, 0x53].includes(status)

/** Told to the centre when we could not store a message: it will try again. */
export const notNow = 0x64
export const unknownCommand = 0x03
