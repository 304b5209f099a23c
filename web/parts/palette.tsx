import { Modal } from '@mantine/core'
import { useEffect, useMemo, useState } from 'react'
import type { Conversation } from '../../src/api/shapes.ts'
import { go } from '../route.ts'
import { localeNames, locales, t } from '../say.ts'
import { settingsPages } from '../settings/pages.ts'
import { ask } from '../state/api.ts'
import { chooseLocale } from '../state/session.ts'
import { now, useWorld } from '../state/store.ts'
import { grouped } from '../telephone.ts'
import { applyTheme } from '../theme.ts'
import { useKeys } from './hooks.ts'
import { Icon } from './icon.tsx'
import { paletteAsked } from './open.ts'
import { Avatar } from './person.tsx'

interface Place {
  key: string
  name: string
  hint: string
  picture: React.ReactNode
  go: () => void
}

/** Ctrl+K: type where to go. */
export function Palette() {
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const show = () => setOpen(true)
    addEventListener(paletteAsked, show)
    return () => removeEventListener(paletteAsked, show)
  }, [])
  useKeys(event => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    setOpen(!open)
  })
  const close = () => setOpen(false)
  return (
    <Modal.Root opened={open} onClose={close} yOffset="12vh" centered={false}>
      <Modal.Overlay />
      <Modal.Content aria-label={t('Go to…')}>{open && <Places close={close} />}</Modal.Content>
    </Modal.Root>
  )
}

function Places({ close }: { close: () => void }) {
  const [words, setWords] = useState('')
  const [at, setAt] = useState(0)
  const places = usePlaces(words)
  const choose = (place: Place | undefined) => {
    close()
    place?.go()
  }
  const keys = (event: React.KeyboardEvent) => {
    if (event.key === 'Enter') choose(places[at])
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (!step) return
    event.preventDefault()
    setAt(Math.max(0, Math.min(places.length - 1, at + step)))
  }
  return (
    <>
      <div className="palette-input">
        <Icon name="search" />
        <input
          data-autofocus
          role="combobox"
          aria-expanded="true"
          aria-controls="places"
          aria-activedescendant={`place-${at}`}
          aria-label={t('Go to…')}
          placeholder={t('A person, a page, a language…')}
          value={words}
          onKeyDown={keys}
          onChange={event => {
            setWords(event.target.value)
            setAt(0)
          }}
        />
      </div>
      <div className="palette" id="places" role="listbox" aria-label={t('Go to…')}>
        {places.map((place, i) => (
          <PlaceRow key={place.key} place={place} id={`place-${i}`} on={i === at} choose={() => choose(place)} />
        ))}
        {!places.length && <p className="nothing">{t('Nothing by that name.')}</p>}
      </div>
    </>
  )
}

function PlaceRow({ place, id, on, choose }: { place: Place; id: string; on: boolean; choose: () => void }) {
  return (
    <button type="button" role="option" id={id} aria-selected={on} tabIndex={-1} onClick={choose}>
      {place.picture}
      <span className="grow cut">{place.name}</span>
      <span className="dim meta-text">{place.hint}</span>
    </button>
  )
}

/** Numbers are shown in groups and written without. */
const bare = (words: string): string => words.replaceAll(' ', '').toLowerCase()

function usePlaces(words: string): Place[] {
  const known = useWorld(w => w.conversations)
  const found = useFound(words)
  return useMemo(() => {
    const people = [...new Map([...Object.values(known), ...found].map(c => [c.id, c])).values()]
      .sort((a, b) => ((a.lastMessageAt ?? '') < (b.lastMessageAt ?? '') ? 1 : -1))
      .map(conversationPlace)
    const fits = (place: Place) => bare(place.name).includes(bare(words))
    return [...people.filter(fits).slice(0, 8), ...fixedPlaces().filter(fits)]
  }, [known, found, words])
}

/** People who are not loaded yet. */
function useFound(words: string): Conversation[] {
  const [found, setFound] = useState<Conversation[]>([])
  useEffect(() => {
    if (words.trim().length < 2) return setFound([])
    const timer = setTimeout(async () => {
      const answer = await ask<{ people: Conversation[] }>(`/search?q=${encodeURIComponent(words.trim())}`).catch(
        () => null,
      )
      setFound(answer?.people ?? [])
    }, 150)
    return () => clearTimeout(timer)
  }, [words])
  return found
}

function conversationPlace(c: Conversation): Place {
  const channel = now().channels?.find(one => one.id === c.channelId)
  const picture = <Avatar name={c.contact.name} url={c.contact.avatarUrl} size={24} />
  return {
    key: `c${c.id}`,
    name: grouped(c.contact.name),
    hint: channel?.name ?? '',
    picture,
    go: () => go(`/inbox/${c.id}`),
  }
}

function fixedPlaces(): Place[] {
  const icon = (name: string) => <Icon name={name} />
  const theme = (key: 'light' | 'dark' | 'system', name: string) =>
    ({ key, name, hint: t('Look'), picture: icon(key === 'dark' ? 'moon' : 'sun'), go: () => applyTheme(key) }) as const
  return [
    ...settingsPages.map(page => ({
      key: page.path,
      name: t(page.name),
      hint: t('Settings'),
      picture: icon('sliders'),
      go: () => go(`/settings/${page.path}`),
    })),
    theme('light', t('Light')),
    theme('dark', t('Dark')),
    theme('system', t('As the system')),
    ...locales.map(one => ({
      key: one,
      name: localeNames[one],
      hint: t('Language'),
      picture: icon('at'),
      go: () => void chooseLocale(one),
    })),
  ]
}
