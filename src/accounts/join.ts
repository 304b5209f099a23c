import { type Database, type Transaction, transaction } from '../db/connect.ts'
import { hashPassword } from './secrets.ts'
import { type AgentRow, agentOfLink, note, spendLink, updateAgent } from './store.ts'

export interface Joining {
  token: string
  name: string
  email: string
  password: string
}

/** Somebody uses their one-time link: they get their name, address and password. A link that did not lead in stays usable. */
export async function joinByLink(db: Database, given: Joining): Promise<AgentRow | 'used-up' | 'email-taken'> {
  // Before the transaction: it takes long on purpose.
  const passwordHash = await hashPassword(given.password)
  return transaction(db, tx => join(tx, { ...given, passwordHash })).catch(error => {
    if (error.constraint === 'agents_by_email') return 'email-taken'
    throw error
  })
}

async function join(tx: Transaction, { token, name, email, passwordHash }: Joining & { passwordHash: string }) {
  const agent = await agentOfLink(tx, token)
  if (!agent || !(await spendLink(tx, token))) return 'used-up'
  const joined = await updateAgent(tx, agent.workspace_id, agent.id, { name, email, passwordHash })
  await note(tx, agent.workspace_id, { type: 'agent', id: agent.id, name }, { action: 'joined' })
  return joined
}
