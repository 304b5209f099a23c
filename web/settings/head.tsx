import { Icon } from '../parts/icon.tsx'
import { follow } from '../route.ts'
import { t } from '../say.ts'

/** The head of a page; on a phone with the way back. */
export function PageHead({ title, children }: { title: string; children?: React.ReactNode }) {
  return (
    <header>
      <a className="back only-phone" href="/settings" aria-label={t('Back')} onClick={follow}>
        <Icon name="back" />
      </a>
      <h1>{title}</h1>
      {children}
    </header>
  )
}
