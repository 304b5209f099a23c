import { Menu } from '@mantine/core'
import { follow, go, useRoute } from '../route.ts'
import { t } from '../say.ts'
import { leave } from '../state/session.ts'
import { useWorld } from '../state/store.ts'
import { Icon } from './icon.tsx'
import { openKeys, openPalette } from './open.ts'
import { Avatar } from './person.tsx'
import { attempt } from './toast.tsx'

/** The workspace's short name for its dark square: `Rowan & Rye` is R&R. */
function Workspace({ name }: { name: string }) {
  const letters = [...name.matchAll(/(?:^|\s)([\p{L}\d])/gu)].map(m => m[1]!.toUpperCase()).slice(0, 2)
  const [one = 'P', two] = letters
  return (
    <button type="button" className="ws" title={name} aria-label={name} onClick={() => go('/settings/messengers')}>
      <span className="letters" data-letters={`${one}${name.includes('&') ? '&' : ''}${two ?? ''}`} />
    </button>
  )
}

/** The narrow bar at the left: only what works. */
export function Rail() {
  const route = useRoute()
  const me = useWorld(w => w.me)
  return (
    <nav className="rail" aria-label={t('Main')}>
      <Workspace name={me?.workspace.name ?? ''} />
      <a className={route.screen === 'inbox' ? 'on' : ''} title={t('Inbox')} href="/" onClick={follow}>
        <Icon name="inbox" label={t('Inbox')} />
        <Unread />
      </a>
      <i className="grow" />
      <a
        className={route.screen === 'settings' ? 'on' : ''}
        aria-label={t('Settings')}
        title={t('Settings')}
        href="/settings/messengers"
        onClick={follow}
      >
        <Icon name="sliders" />
      </a>
      <Own />
    </nav>
  )
}

function Own() {
  const me = useWorld(w => w.me)
  const live = useWorld(w => w.line === 'live')
  if (!me) return <span className="me" />
  const state = live ? t('connected') : t('not connected')
  return (
    <Menu position="right-end">
      <Menu.Target>
        <button type="button" className="me" aria-label={`${me.name}, ${state}`} title={`${me.name}, ${state}`}>
          <Avatar name={me.name} size={32} />
          <i className={live ? '' : 'cut-off'} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.email}</Menu.Label>
        <Menu.Item leftSection={<Icon name="user" size="s" />} onClick={() => go('/settings/profile')}>
          {t('Profile')}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="search" size="s" />} rightSection={<kbd>Ctrl K</kbd>} onClick={openPalette}>
          {t('Go to…')}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="keys" size="s" />} rightSection={<kbd>?</kbd>} onClick={openKeys}>
          {t('Keys')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="out" size="s" />} onClick={() => void attempt(leave)}>
          {t('Sign out')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** The bar at the bottom of a phone. */
export function Tabs() {
  const route = useRoute()
  const profile = route.screen === 'settings' && route.page === 'profile'
  const tabs = [
    { href: '/', icon: 'inbox', name: t('Inbox'), on: route.screen === 'inbox' },
    { href: '/settings', icon: 'sliders', name: t('Settings'), on: route.screen === 'settings' && !profile },
    { href: '/settings/profile', icon: 'user', name: t('Profile'), on: profile },
  ]
  return (
    <nav className="tabs" aria-label={t('Main')}>
      {tabs.map(({ href, icon, name, on }) => (
        <a key={href} className={on ? 'on' : ''} aria-current={on ? 'page' : undefined} href={href} onClick={follow}>
          <Icon name={icon} />
          {icon === 'inbox' && <Unread />}
          {name}
        </a>
      ))}
    </nav>
  )
}

function Unread() {
  const unread = useWorld(w => w.counts?.unread ?? 0)
  if (!unread) return null
  return (
    <em>
      <span aria-hidden="true">{unread > 99 ? '99+' : unread}</span>
      <span className="unseen">
        {t('{n, plural, one {# unread conversation} other {# unread conversations}}', { n: unread })}
      </span>
    </em>
  )
}
