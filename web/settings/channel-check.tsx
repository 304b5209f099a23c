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

/** Asks the provider, registers the webhook there, then waits for the first words. Each new `due` has it asked at once. */
export function Check({ channel: c, due }: { channel: Channel; due: number }) {
  const { state, run, box } = useChecking(c, due)
  const now = useNow()
  const account = state.account ?? c.account
  return (
    <div className="field">
      <div className="chk" aria-live="polite" ref={box}>
        {account && <Passed words={t('Accepted')} aside={account} />}
        {state.account !== undefined && <Passed words={t('Registered at the messenger')} />}
        {!!state.error && (
          <div className="bad">
            <Icon name="alert" size="s" />
            <span className="grow">{reasonOf(state.error)}</span>
          </div>
        )}
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
        {t('Check and register')}
      </button>
    </div>
  )
}

/** A check that failed by itself is brought into sight. */
function useChecking(c: Channel, due: number) {
  const [state, setState] = useState<{ busy?: true; account?: string; error?: unknown }>({})
  const box = useRef<HTMLDivElement>(null)
  const run = async () => {
    setState({ busy: true })
    try {
      const done = await post<{ account: string; detail?: string }>(`/channels/${c.id}/setup`)
      setState({ account: [done.account, done.detail && serverWords(done.detail)].filter(Boolean).join(', ') })
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

function Passed({ words, aside }: { words: string; aside?: string }) {
  return (
    <div>
      <Icon name="check" size="s" />
      <span className="grow">{words}</span>
      <span className="dim cut">{aside}</span>
    </div>
  )
}
