import { msg } from '../say.ts'

export interface SettingsPage {
  path: 'profile' | 'messengers' | 'people' | 'keys' | 'deliveries'
  name: string
  group: 'own' | 'workspace' | 'machine'
}

export const settingsPages: readonly SettingsPage[] = [
  { path: 'profile', name: msg('Profile'), group: 'own' },
  { path: 'messengers', name: msg('Messengers'), group: 'workspace' },
  { path: 'people', name: msg('People'), group: 'workspace' },
  { path: 'keys', name: msg('API keys'), group: 'machine' },
  { path: 'deliveries', name: msg('Deliveries'), group: 'machine' },
]
