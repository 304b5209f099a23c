import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { Rail, Tabs } from '../parts/rail.tsx'
import { Toasts } from '../parts/toast.tsx'
import { go, useRoute } from '../route.ts'
import { t } from '../say.ts'
import { begin } from '../state/session.ts'
import { useWorld } from '../state/store.ts'
import { Inbox } from './inbox.tsx'

const Settings = lazy(async () => ({ default: (await import('./settings.tsx')).Settings }))
const SignIn = lazy(async () => ({ default: (await import('./sign-in.tsx')).SignIn }))
const Welcome = lazy(async () => ({ default: (await import('./welcome.tsx')).Welcome }))
const Dialogs = lazy(async () => ({ default: (await import('./dialogs.tsx')).Dialogs }))

/** The whole app; drawn anew when the language changes. */
export function App() {
  const [language, setLanguage] = useState(i18n.locale)
  useEffect(() => i18n.on('change', () => setLanguage(i18n.locale)), [])
  useEffect(() => void begin(), [])
  if (!language) return null
  return (
    <I18nProvider i18n={i18n} key={language}>
      <Suspense>
        <Screen />
      </Suspense>
      <Toasts />
      <Spoken />
    </I18nProvider>
  )
}

function Screen() {
  const rested = useRested()
  const route = useRoute()
  const session = useWorld(w => w.session)
  useEffect(() => {
    if (session === 'out' && route.screen !== 'welcome') go('/sign-in', 'replace')
    if (session === 'in' && route.screen === 'sign-in') go('/', 'replace')
  }, [session, route.screen])
  if (route.screen === 'welcome') return <Welcome token={route.token} />
  if (session === 'out') return <SignIn />
  if (session === 'unreachable') return <Unreachable />
  return (
    <div className="shell">
      <Rail />
      <div className="stage">
        <Reconnecting />
        <main className="screen">
          <Suspense fallback={<div className="settings" aria-busy="true" />}>
            {route.screen === 'settings' ? (
              <Settings page={route.page} item={route.item} />
            ) : (
              <Inbox id={idOf(route)} />
            )}
          </Suspense>
        </main>
        {!idOf(route) && <Tabs />}
      </div>
      <Suspense>{rested && <Dialogs />}</Suspense>
    </div>
  )
}

/** True a moment after the first drawing: what nobody sees at first is loaded then. */
function useRested(): boolean {
  const session = useWorld(w => w.session)
  const [rested, setRested] = useState(false)
  useEffect(() => {
    if (session !== 'in') return
    const timer = setTimeout(() => setRested(true), 300)
    return () => clearTimeout(timer)
  }, [session])
  return rested
}

const idOf = (route: ReturnType<typeof useRoute>) => (route.screen === 'inbox' ? route.id : undefined)

/** Quiet, and only once the line has been away for a moment. */
function Reconnecting() {
  const cut = useWorld(w => w.line === 'cut' && w.session === 'in')
  const [long, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLong(cut), cut ? 1500 : 0)
    return () => clearTimeout(timer)
  }, [cut])
  if (!cut || !long) return null
  return (
    <div className="strip" role="status">
      <span className="spin" />
      {t('Reconnecting. What you write is kept and sent when the line is back.')}
    </div>
  )
}

function Unreachable() {
  return (
    <div className="thread-empty" style={{ height: '100%' }}>
      <p>{t('The server does not answer.')}</p>
      <button type="button" className="btn" onClick={() => void begin()}>
        {t('Try again')}
      </button>
    </div>
  )
}

/** New words, for ears. */
function Spoken() {
  const spoken = useWorld(w => w.spoken)
  return (
    <div className="unseen" role="log" aria-live="polite" aria-label={t('New messages')}>
      {spoken}
    </div>
  )
}
