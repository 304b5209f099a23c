const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT', // the unix socket is not there yet
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
])
// Class 08: connection exceptions. 57P01..57P05: the server is stopping, has crashed or is starting up. 53300: full.
const serverCodes = /^(08...|57P0[1-5]|53300)$/
// pg reports these without a code: node_modules/pg/lib/client.js, node_modules/pg-pool/index.js.
const driverTexts =
  /^(Connection terminated|Client has encountered a connection error|Client was closed and is not queryable|timeout exceeded when trying to connect)/

/** Says in a few words why the database is out of reach, or undefined when the error is about something else. */
export function unavailable(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (networkCodes.has(code) || serverCodes.test(code)) return error.message || code
  return driverTexts.test(error.message) ? error.message : undefined
}
