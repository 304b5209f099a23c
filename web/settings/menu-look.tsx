import { useId, useState } from 'react'
import type { MenuLimits } from '../../src/domain/menu.ts'
import { reasonOf } from '../parts/toast.tsx'
import { t } from '../say.ts'
import { type Draft, menuOfDraft } from './menu-draft.ts'
import { menuColours, storePicture } from './menu-picture.ts'

interface MenuLookProps {
  draft: Draft
  limits: MenuLimits
  faults: Map<string, string>
  change: (fields: Partial<Draft>) => void
}

/** The picture of a menu: a colour to draw it in, or one's own; what stands on the bar below. */
export function MenuLook({ draft, limits, faults, change }: MenuLookProps) {
  const { bar, open, tall, picture, entries } = draft
  const fault = faults.get('bar')
  const id = useId()
  return (
    <div className="menu-look">
      <Colours chosen={picture?.colour} choose={colour => change({ picture: { media: '0', colour } })} />
      <OwnPicture draft={draft} change={change} />
      <label htmlFor={id} className="help">
        {t('Words on the bar')}
      </label>
      <span className={fault ? 'fld bad' : 'fld'}>
        <input
          id={id}
          ref={input => input?.setCustomValidity(fault ?? '')}
          placeholder="Menu"
          value={bar ?? ''}
          maxLength={limits.bar}
          onChange={event => change({ bar: event.target.value })}
        />
      </span>
      {fault && <span className="help bad">{fault}</span>}
      <label className="check-line">
        <input type="checkbox" checked={!!open} onChange={event => change({ open: event.target.checked })} />
        {t('Unfolded from the start')}
      </label>
      {entries.length <= 3 && (
        <label className="check-line">
          <input type="checkbox" checked={!!tall} onChange={event => change({ tall: event.target.checked })} />
          {t('Twice as high')}
        </label>
      )}
    </div>
  )
}

const colourNames = () => [t('teal'), t('blue'), t('violet'), t('red'), t('olive'), t('black')]

function Colours({ chosen, choose }: { chosen: string | undefined; choose: (colour: string) => void }) {
  const names = colourNames()
  return (
    <fieldset className="menu-colours">
      <legend className="help">{t('Drawn from the labels, in this colour')}</legend>
      {menuColours.map((colour, i) => (
        <button
          key={colour}
          type="button"
          aria-label={names[i]}
          title={names[i]}
          aria-pressed={colour === chosen}
          style={{ background: colour }}
          onClick={() => choose(colour)}
        />
      ))}
    </fieldset>
  )
}

/** Any picture: it is cut to the size of the menu and made light enough. */
function OwnPicture({ draft, change }: Pick<MenuLookProps, 'draft' | 'change'>) {
  const [state, setState] = useState<{ busy?: true; error?: string }>({})
  const take = async (file: File | undefined) => {
    if (!file) return
    setState({ busy: true })
    try {
      const media = await storePicture(await createImageBitmap(file), menuOfDraft(draft))
      change({ picture: { media } })
      setState({})
    } catch (error) {
      setState({ error: error instanceof DOMException ? t('This file is no picture.') : reasonOf(error) })
    }
  }
  return (
    <>
      <label className="btn menu-own">
        {state.busy ? <span className="spin" /> : null}
        {draft.picture?.colour ? t('Own picture…') : t('Another picture…')}
        <input
          type="file"
          accept="image/*"
          className="away"
          onChange={event => {
            void take(event.target.files?.[0])
            event.target.value = ''
          }}
        />
      </label>
      {state.error && (
        <span className="help bad" role="alert">
          {state.error}
        </span>
      )}
    </>
  )
}
