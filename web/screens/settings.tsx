import { useEffect } from 'react'
import { phone, useMatch } from '../parts/hooks.ts'
import { follow, go } from '../route.ts'
import { t } from '../say.ts'
import { Deliveries } from '../settings/deliveries.tsx'
import { ApiKeys } from '../settings/keys.tsx'
import { Messengers } from '../settings/messengers.tsx'
import { type SettingsPage, settingsPages } from '../settings/pages.ts'
import { People } from '../settings/people.tsx'
import { Profile } from '../settings/profile.tsx'
import { useWorld } from '../state/store.ts'

/** The settings: pages at the left, the chosen one beside. On a phone one after the other. */
export function Settings({ page, item }: { page: string; item?: string | undefined }) {
  const small = useMatch(phone)
  const known = settingsPages.some(one => one.path === page)
  useEffect(() => {
    if (!known && !small) go('/settings/messengers', 'replace')
  }, [known, small])
  return (
    <div className={`settings ${known ? 'at-page' : 'at-nav'}`}>
      <Pages page={page} />
      <div className="split">{known && <Page page={page as SettingsPage['path']} item={item} />}</div>
    </div>
  )
}

function Page({ page, item }: { page: SettingsPage['path']; item?: string | undefined }) {
  switch (page) {
    case 'profile':
      return <Profile />
    case 'people':
      return <People />
    case 'keys':
      return <ApiKeys />
    case 'deliveries':
      return <Deliveries />
    default:
      return <Messengers item={item} />
  }
}

function Pages({ page }: { page: string }) {
  const workspace = useWorld(w => w.me?.workspace.name ?? '')
  const alarm = useWorld(w => !!w.channels?.some(channel => channel.health.state === 'alarm'))
  const group = (name: string, key: SettingsPage['group']) => (
    <>
      <h2>{name}</h2>
      {settingsPages
        .filter(one => one.group === key)
        .map(one => (
          <a
            key={one.path}
            className={one.path === page ? 'on' : ''}
            aria-current={one.path === page ? 'page' : undefined}
            href={`/settings/${one.path}`}
            onClick={follow}
          >
            {t(one.name)}
            {one.path === 'messengers' && alarm && <em title={t('A messenger needs you')} />}
          </a>
        ))}
    </>
  )
  return (
    <nav className="nav" aria-label={t('Settings')}>
      <h1>{t('Settings')}</h1>
      {group(t('Yours'), 'own')}
      {group(workspace, 'workspace')}
      {group(t('Machine room'), 'machine')}
    </nav>
  )
}
