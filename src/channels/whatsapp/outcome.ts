import type { HttpAnswer } from '../contract.ts'
import { type Json, maybe, number, records, text } from '../kit.ts'
import { type Answers, failureIn, resultOf } from '../meta/answer.ts'

const answers: Answers = {
  idIn: body => text(records(body.messages)[0]?.id),
  detailOf(error) {
    const code = number(error.code) ?? 0
    const words = [text(error.message) ?? text(error.title), text(maybe(error.error_data).details)]
    const told = [...new Set(words)].filter(Boolean).join(': ') || 'WhatsApp gave no reason'
    return code ? `${told} (${code})` : told
  },
  bySubcode: [],
  byCode: [
    ['window-closed', [131047]],
    // Opted out of marketing, capped by Meta, in an experiment, not on WhatsApp or blocked us: no resending.
    ['blocked', [131026, 131049, 131050, 130472, 130403, 139102]],
    ['rate', [4, 17, 32, 613, 80007, 130429, 131048, 131056, 132069, 133016, 138009, 138012]],
    ['auth', [0, 3, 10, 102, 104, 190, 368, 131005, 131031, 131042, 131045, 133010]],
    ['down', [1, 2, 131000, 131016, 131057, 133004]],
  ],
  // The pair rate is one message in six seconds.
  pauses: { 131056: 6, 130429: 5, 131048: 3600, 4: 60, 17: 60, 80007: 60 },
}

/** What Graph's answer to a send means. */
export const outcome = (answer: HttpAnswer) => resultOf(answer, answers)

/** Reads an error of an answer (`message`, `error_data`) or of a failed status (`title`, `errors[]`). */
export const failureOf = (error: Json, status?: number) => failureIn(error, answers, status)
