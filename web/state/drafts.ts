const kept = 'parley.drafts'

/** Drafts of every conversation, by its id; notes by `note:` and its id. */
export function readDrafts(): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(kept) ?? '{}') as Record<string, string>
  } catch {
    return {}
  }
}

export const writeDrafts = (drafts: Readonly<Record<string, string>>): void =>
  localStorage.setItem(kept, JSON.stringify(drafts))
