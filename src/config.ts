import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { z } from 'zod'

/** Where media lies when not on the local disk. */
export type S3Settings = Readonly<{
  endpoint: string
  bucket: string
  region: string
  accessKey: string
  secretKey: string
}>

/** Everything the environment decides, read once at start. */
export type Config = Readonly<{
  port: number
  host: string
  /** Absolute path of the data folder. */
  dataDir: string
  /** An outside PostgreSQL; undefined means the one inside. */
  databaseUrl: string | undefined
  /** Owner's API key of workspace `default`, wanted on the first start. */
  bootstrapKey: string | undefined
  /** 32 bytes that seal stored secrets. */
  secretKey: Buffer
  /** The address providers and customers reach us at, without a slash at the end. */
  publicUrl: string
  s3: S3Settings | undefined
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  /** Passed to fastify: whose X-Forwarded-* headers are believed. */
  trustProxy: boolean | number | string[]
}>

/** Thrown when the environment cannot be used; the text is meant for the operator. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the environment. Creates the data folder, and in it `secret.key` (mode 0600) on the first start
 * when PARLEY_SECRET_KEY is not set.
 * @throws ConfigError naming each variable that is wrong and what to do.
 */
export function readConfig(env: Environment = process.env): Config {
  const given = parseEnvironment(env)
  const dataDir = path.resolve(given.PARLEY_DATA)
  makeDataFolder(dataDir)
  return Object.freeze({
    port: given.PORT,
    host: given.HOST,
    dataDir,
    databaseUrl: given.DATABASE_URL,
    bootstrapKey: given.PARLEY_BOOTSTRAP_KEY,
    secretKey: given.PARLEY_SECRET_KEY ?? keyFromFile(path.join(dataDir, 'secret.key')),
    publicUrl: given.PARLEY_PUBLIC_URL ?? `http://localhost:${given.PORT}`,
    s3: s3Settings(given),
    logLevel: given.PARLEY_LOG_LEVEL,
    trustProxy: given.PARLEY_TRUST_PROXY,
  })
}

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const s3Names = [
  'PARLEY_S3_ENDPOINT',
  'PARLEY_S3_BUCKET',
  'PARLEY_S3_REGION',
  'PARLEY_S3_ACCESS_KEY',
  'PARLEY_S3_SECRET_KEY',
] as const

const say = (error: string) => ({ error })
const webAddress = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
const httpUrl = z
  .string()
  .refine(webAddress, say('is not a web address; write it like https://chat.example.com'))
  .transform(text => text.replace(/\/+$/, ''))

const schema = z.object({
  PORT: z.coerce
    .number(say('is not a number; use a port from 0 to 65535'))
    .int(say('is not a whole number; use a port from 0 to 65535'))
    .min(0, say('is below 0; use a port from 0 to 65535'))
    .max(65535, say('is above 65535; use a port from 0 to 65535'))
    .default(3000),
  HOST: z.string().default('0.0.0.0'),
  PARLEY_DATA: z.string().default('./data'),
  DATABASE_URL: z
    .string()
    .refine(
      text => URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol),
      say('is not a PostgreSQL address; write it like postgres://user:password@host:5432/parley, or leave it unset'),
    )
    .optional(),
  PARLEY_BOOTSTRAP_KEY: z
    .string()
    .regex(
      /^[\x21-\x7e]+$/,
      say('has blanks or signs an HTTP header cannot carry; make one with: openssl rand -hex 24'),
    )
    .optional(),
  PARLEY_SECRET_KEY: z.string().transform(decodeKey).optional(),
  PARLEY_PUBLIC_URL: httpUrl.optional(),
  PARLEY_S3_ENDPOINT: httpUrl.optional(),
  PARLEY_S3_BUCKET: z.string().optional(),
  PARLEY_S3_REGION: z.string().optional(),
  PARLEY_S3_ACCESS_KEY: z.string().optional(),
  PARLEY_S3_SECRET_KEY: z.string().optional(),
  PARLEY_LOG_LEVEL: z.enum(levels, say(`is unknown; use one of ${levels.join(', ')}`)).default('info'),
  PARLEY_TRUST_PROXY: z.string().default('false').transform(trustProxy),
})

type Given = z.infer<typeof schema>

function parseEnvironment(env: Environment): Given {
  // An empty variable, as docker compose writes it for an unset one, means "not set".
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()))
  const result = schema.safeParse(set)
  const faults = result.success ? [] : result.error.issues.map(issue => `${issue.path.join('.')} ${issue.message}.`)
  const missing = s3Names.filter(name => !set[name])
  if (missing.length > 0 && missing.length < s3Names.length)
    faults.push(`${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} not set; set all PARLEY_S3_* or none.`)
  if (!result.success || faults.length > 0) throw new ConfigError(faults.join('\n'))
  return result.data
}

function decodeKey(text: string, context: z.RefinementCtx): Buffer {
  const key = Buffer.from(text.trim(), /^[0-9a-f]{64}$/i.test(text.trim()) ? 'hex' : 'base64')
  if (key.length !== 32)
    context.addIssue({
      code: 'custom',
      message: 'is not 32 bytes as base64 or hex; make one with: openssl rand -hex 32',
    })
  return key
}

/** `true`, `false`, a number of proxies in front of us, or a comma-separated list of their addresses and networks. */
function trustProxy(text: string): boolean | number | string[] {
  if (/^(true|yes|on)$/i.test(text)) return true
  if (/^(false|no|off|0)$/i.test(text)) return false
  if (/^\d+$/.test(text)) return Number(text)
  return text.split(',').map(part => part.trim())
}

function s3Settings(given: Given): S3Settings | undefined {
  const [endpoint, bucket, region, accessKey, secretKey] = s3Names.map(name => given[name])
  if (!endpoint || !bucket || !region || !accessKey || !secretKey) return undefined
  return Object.freeze({ endpoint, bucket, region, accessKey, secretKey })
}

function makeDataFolder(dir: string): void {
  try {
    fs.mkdirSync(dir, { recursive: true })
    fs.accessSync(dir, fs.constants.W_OK)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError(`PARLEY_DATA ${dir} cannot be written (${why}); choose a folder this user may write to.`)
  }
}

function keyFromFile(file: string): Buffer {
  try {
    // `wx` fails when the file is there: two starts at once agree on one key.
    fs.writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { flag: 'wx', mode: 0o600, flush: true })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const text = fs.readFileSync(file, 'utf8').trim()
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  throw new ConfigError(`${file} does not hold a key of 64 hex digits; restore it from a backup.`)
}
