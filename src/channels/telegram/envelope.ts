import type { Json } from '../kit.ts'

/** The names of what a message says, when nobody here can read it. */
export const strangeIn = (message: Json): string =>
  Object.keys(message)
    .filter(key => !envelope.has(key))
    .join(', ')

/** Fields of a Message that say about it, not what it says. */
const envelope = new Set(
  (
    'message_id message_thread_id direct_messages_topic from sender_chat sender_boost_count sender_business_bot ' +
    'sender_tag date guest_query_id business_connection_id chat forward_origin forward_date is_topic_message ' +
    'is_automatic_forward reply_to_message external_reply quote reply_to_story reply_to_checklist_task_id ' +
    'reply_to_poll_option_id via_bot guest_bot_caller_user guest_bot_caller_chat edit_date has_protected_content is_from_offline is_paid_post media_group_id ' +
    'author_signature paid_star_count entities link_preview_options suggested_post_info effect_id caption_entities ' +
    'caption show_caption_above_media has_media_spoiler reply_markup receiver_user ephemeral_message_id'
  ).split(' '),
)
