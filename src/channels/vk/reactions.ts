/** VK numbers its reactions from 1. Their pictures in order, UNVERIFIED: messages.getReactionsAssets has drawings only. */
export const emojis = [
  '❤',
  '🔥',
  '😂',
  '👍',
  '💩',
  '❓',
  '😭',
  '😡',
  '👎',
  '👌',
  '😃',
  '🤔',
  '🙏',
  '😘',
  '😍',
  '🎉',
] as const

export const emojiOf = (reaction: number): string => emojis[reaction - 1] ?? `#${reaction}`

export function reactionOf(emoji: string): number | undefined {
  const index = (emojis as readonly string[]).indexOf(emoji.replaceAll('\ufe0f', ''))
  return index < 0 ? undefined : index + 1
}
