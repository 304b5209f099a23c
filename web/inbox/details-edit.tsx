import { useState } from 'react'
import type { Contact } from '../../src/api/shapes.ts'
import { Field } from '../parts/field.tsx'
import { attempt } from '../parts/toast.tsx'
import { t } from '../say.ts'
import { ask } from '../state/api.ts'
import { change } from '../state/store.ts'

/** What we know of a person, to be mended. */
export function EditPerson({ contact, done }: { contact: Contact; done: () => void }) {
  const [busy, setBusy] = useState(false)
  const save = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const said = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>
    const changed = Object.fromEntries(
      Object.entries(said).filter(([key, value]) => value.trim() !== ((contact[key as 'name'] as string) ?? '')),
    )
    setBusy(true)
    const saved = await attempt(async () =>
      rename(await ask<Contact>(`/contacts/${contact.id}`, { method: 'PATCH', body: changed })),
    )
    setBusy(false)
    if (saved) done()
  }
  return (
    <form className="edit-person" onSubmit={event => void save(event)}>
      <Field label={t('Name')} name="name" defaultValue={contact.name} required />
      <Field label={t('Phone')} name="phone" type="tel" defaultValue={contact.phone} />
      <Field label={t('E-mail')} name="email" type="email" defaultValue={contact.email} />
      <div className="row">
        <button type="submit" className="btn main" disabled={busy}>
          {t('Save')}
        </button>
        <button type="button" className="btn" onClick={done}>
          {t('Cancel')}
        </button>
      </div>
    </form>
  )
}

/** The new name shows at once wherever the person is. */
function rename(contact: Contact): void {
  change(w => ({
    ...w,
    conversations: Object.fromEntries(
      Object.entries(w.conversations).map(([id, c]) => [
        id,
        c.contact.id === contact.id ? { ...c, contact: { ...c.contact, name: contact.name } } : c,
      ]),
    ),
  }))
}
