import { AnswerLost, type HttpAnswer } from '../contract.ts'

/** The address of a Graph node or edge, like `123/messages`. */
export const graphUrl = (s: { baseUrl: string; apiVersion: string }, path: string): string =>
  `${s.baseUrl.replace(/\/+$/, '')}/${s.apiVersion}/${path}`

/** Brings a file up. Nobody has received anything yet, so that a lost answer is only a reason to repeat it. */
export async function uploading(run: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof AnswerLost)) throw error
    return { status: 503, headers: {}, json: { error: { code: 2, message: error.message } }, bytes: new Uint8Array() }
  }
}
