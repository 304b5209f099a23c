import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { useEffect, useState } from 'react'
import { Keys } from '../parts/keys.tsx'
import { Palette } from '../parts/palette.tsx'
import { Rail, Tabs } from '../parts/rail.tsx'
import { Toasts } from '../parts/toast.tsx'
import { go, useRoute } from '../route.ts'
import { t } from '../say.ts'
import { begin } from '../state/session.ts'
import { useWorld } from '../state/store.ts'
import { Inbox } from './inbox.tsx'
import { Settings } from './settings.tsx'
import { SignIn } from './sign-in.tsx'
import { Welcome } from './welcome.tsx'

/** The whole app; drawn anew when the language changes. */
export function App() {
  const [language, setLanguage] = useState(i18n.locale)
  useEffect(() => i18n.on('change', () => setLanguage(i18n.locale)), [])
  useEffect(() => void begin(), [])
  if (!language) return null
  return (
    <I18nProvider i18n={i18n} key={language}>
      <Screen />
      <Toasts />
      <Spoken />
    </I18nProvider>
  )
}

function Screen() {
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
          {route.screen === 'settings' ? <Settings page={route.page} item={route.item} /> : <Inbox id={idOf(route)} />}
        </main>
        {!idOf(route) && <Tabs />}
      </div>
      <Palette />
      <Keys />
    </div>
  )
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
