import type { World } from '../world.ts'

/** Where Messenger and Instagram differ; everything else of their APIs is one and the same. */
export interface Flavour {
  object: 'page' | 'instagram'
  /** What `/me` calls the id that webhooks name. */
  idField: 'id' | 'user_id'
  longest: { max: number; size: (text: string) => number }
  outOfWindow: { status: number; subcode: number; type: string }
  midPrefix: string
  /** The edge of a comment that takes answers, and the webhook field that tells of comments. */
  answersEdge: 'comments' | 'replies'
  commentField: 'feed' | 'comments'
  receipts: 'delivery and read' | 'seen'
  fields: readonly string[]
}

const page: Flavour = {
  object: 'page',
  idField: 'id',
  longest: { max: 2000, size: text => [...text].length },
  outOfWindow: { status: 400, subcode: 2018278, type: 'OAuthException' },
  midPrefix: 'm_',
  answersEdge: 'comments',
  commentField: 'feed',
  receipts: 'delivery and read',
  fields:
    'messages messaging_postbacks messaging_optins messaging_optouts messaging_referrals messaging_handovers messaging_policy_enforcement messaging_account_linking messaging_feedback messaging_customer_information messaging_in_thread_lead_form_submit message_deliveries message_reads message_echoes message_reactions message_edits response_feedback send_cart standby feed mention ratings message_template_status_update'.split(
      ' ',
    ),
}

const instagram: Flavour = {
  object: 'instagram',
  idField: 'user_id',
  longest: { max: 1000, size: text => Buffer.byteLength(text) },
  outOfWindow: { status: 403, subcode: 2534022, type: 'IGApiException' },
  midPrefix: 'aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlE',
  answersEdge: 'replies',
  commentField: 'comments',
  receipts: 'seen',
  fields:
    'messages messaging_postbacks messaging_seen messaging_referral messaging_optins messaging_handover message_reactions message_edit standby comments live_comments mentions story_insights'.split(
      ' ',
    ),
}

export const flavourOf = (world: World): Flavour => (world.wire.kind === 'instagram' ? instagram : page)
