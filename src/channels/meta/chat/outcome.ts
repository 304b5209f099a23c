import type { ExternalId, HttpAnswer } from '../../contract.ts'
import { type Json, number, text } from '../../kit.ts'
import { type Answers, failureIn, resultOf } from '../answer.ts'

const answers: Answers = {
  idIn: body => text(body.message_id) ?? text(body.id),
  detailOf(error) {
    const told = text(error.error_user_msg) || text(error.message) || 'Meta gave no reason'
    const numbers = [number(error.code) ?? 0, number(error.error_subcode)].filter(n => n !== undefined)
    return `${told} (${numbers.join('/')})`
  },
  bySubcode: [
    // Outside the 24 hours (Messenger, Instagram) and a retired tag.
    ['window-closed', [2018278, 2534022, 1893061]],
    // Not available, no such person, no profile to write to.
    ['blocked', [1545041, 2018001, 2018108, 2018027]],
    // Another app of the page has the conversation.
    ['invalid', [2018300, 2018047, 2018008]],
    // The page is restricted for a time.
    ['auth', [1893063, 459, 460, 463, 464, 467, 490]],
    ['rate', [2018022]],
  ],
  byCode: [
    ['blocked', [551]],
    ['rate', [4, 17, 32, 613, 80006]],
    ['auth', [0, 3, 10, 102, 104, 190, 368]],
    ['down', [1, 2, 1200]],
  ],
  // Meta's counters run over an hour.
  pauses: { 4: 60, 17: 60, 32: 60, 613: 10, 80006: 60 },
}

/** What Graph's answer to a send means. `idle` names what has no id of its own: a reaction. */
export const outcome = (answer: HttpAnswer, idle?: ExternalId) => resultOf(answer, answers, idle)

/** Reads an error of Graph. */
export const failureOf = (error: Json, status?: number) => failureIn(error, answers, status)
