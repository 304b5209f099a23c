import { useEffect, useRef, useState } from 'react'
import type { Channel } from '../../src/api/shapes.ts'
import { useNow } from '../parts/hooks.ts'
import { Icon } from '../parts/icon.tsx'
import { reasonOf } from '../parts/toast.tsx'
import { t } from '../say.ts'
import { serverWords } from '../server-words.ts'
import { readChannels } from '../state/act.ts'
import { post } from '../state/api.ts'
import { ago } from '../time.ts'

type Proof = { by: string; words: string } | { failed: string }
interface Done {
  account: string
  detail?: string
  proof?: Proof
}

/**
 * Asks the provider, registers the webhook there, proves that it is reached, then waits for the first words. Each new
 * `due` has it asked at once.
 */
export function Check({ channel: c, registers, due }: { channel: Channel; registers: boolean; due: number }) {
  const { state, run, box } = useChecking(c, due)
  const now = useNow()
  const account = state.account ?? c.account
  return (
    <div className="field">
      <div className="chk" aria-live="polite" ref={box}>
        {account && <Passed words={t('Accepted')} aside={account} />}
        {state.detail && <div className="said dim">{serverWords(state.detail)}</div>}
        {state.account !== undefined && registers && <Passed words={t('Registered at the messenger')} />}
        {state.proof ? <Proven proof={state.proof} /> : <Reached channel={c} />}
        {!!state.error && <Alert look="bad" words={reasonOf(state.error)} />}
        {c.health.lastInAt ? (
          <Passed words={t('Messages arrive')} aside={ago(c.health.lastInAt, now)} />
        ) : (
          <div className="w">
            <span className="spin" />
            <span className="grow">{t('Waiting for the first message')}</span>
          </div>
        )}
      </div>
      <button
        type="button"
        className="btn"
        style={{ justifySelf: 'start' }}
        disabled={state.busy}
        onClick={() => void run()}
      >
        {state.busy ? <span className="spin" /> : <Icon name="repeat" />}
        {registers ? t('Check and register') : t('Check now')}
      </button>
    </div>
  )
}

/** A check that failed by itself is brought into sight. */
function useChecking(c: Channel, due: number) {
  const [state, setState] = useState<Partial<Done> & { busy?: true; error?: unknown }>({})
  const box = useRef<HTMLDivElement>(null)
  const run = async () => {
    setState({ busy: true })
    try {
      setState(await post<Done>(`/channels/${c.id}/setup`))
      await readChannels()
    } catch (error) {
      setState({ error })
    }
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is due starts it
  useEffect(() => {
    if (due) void run().then(() => box.current?.querySelector('.bad')?.scrollIntoView({ block: 'nearest' }))
  }, [due])
  return { state, run, box }
}

/** What the check has just found. */
function Proven({ proof }: { proof: Proof }) {
  if (!('failed' in proof)) return <Passed words={serverWords(proof.words)} />
  return <Alert look="warn" words={serverWords(proof.failed)} />
}

function Alert({ look, words }: { look: 'bad' | 'warn'; words: string }) {
  return (
    <div className={look}>
      <Icon name="alert" size="s" />
      <span className="grow">{words}</span>
    </div>
  )
}

/** What is known from before: a proof that failed, or a handshake and nothing else. */
function Reached({ channel: { health } }: { channel: Channel }) {
  const now = useNow()
  const unproven = health.problems.find(({ code }) => code === 'unproven')
  if (unproven) return <Proven proof={{ failed: unproven.detail }} />
  if (health.lastInAt || !health.reachedAt) return null
  return <Passed words={t('The messenger reached us.')} aside={ago(health.reachedAt, now)} />
}

function Passed({ words, aside }: { words: string; aside?: string }) {
  return (
    <div>
      <Icon name="check" size="s" />
      <span className="grow">{words}</span>
      <span className="dim cut">{aside}</span>
    </div>
  )
}
