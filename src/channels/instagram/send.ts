import { sending } from '../meta/chat/send.ts'
import { answerComment } from './answer-comment.ts'
import { attachmentType, render } from './render.ts'
import { graph, type Settings } from './settings.ts'

export const { send, markRead, typing } = sending<Settings>({
  post: (io, edge, body) => graph(io, { method: 'POST', path: `me/${edge}`, ...body }),
  render,
  attachmentType,
  answerComment,
})
