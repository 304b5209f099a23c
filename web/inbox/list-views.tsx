import { Menu } from '@mantine/core'
import { phone, useMatch } from '../parts/hooks.ts'
import { Icon } from '../parts/icon.tsx'
import { msg, t } from '../say.ts'
import { useWorld } from '../state/store.ts'
import { type View, views } from '../state/views.ts'
import { number } from '../time.ts'

const names: Record<View, string> = {
  open: msg('Open'),
  mine: msg('Mine'),
  unassigned: msg('Unassigned'),
  closed: msg('Closed'),
  all: msg('All'),
}

interface ViewsProps {
  view: View
  choose: (view: View) => void
}

const useCount = (view: View): number | undefined =>
  useWorld(w => (view === 'open' || view === 'mine' || view === 'unassigned' ? w.counts?.[view] : undefined))

/** The views as a row; those that do not fit are in the arrow beside the heading. */
export function Views({ view, choose }: ViewsProps) {
  const small = useMatch(phone)
  return (
    <div className="views" role="toolbar" aria-label={t('Views')}>
      {shownViews(view, small).map(one => (
        <ViewButton key={one} view={one} on={one === view} choose={choose} />
      ))}
    </div>
  )
}

/** Beside the three that count, the row has room only for the one that is chosen; a phone's row can be drawn aside. */
function shownViews(view: View, small: boolean): readonly View[] {
  const counted = views.slice(0, 3)
  return small ? views : counted.includes(view) ? counted : [view, ...counted]
}

function ViewButton({ view, on, choose }: ViewsProps & { on: boolean }) {
  const count = useCount(view)
  return (
    <button type="button" className={on ? 'on' : ''} aria-pressed={on} onClick={() => choose(view)}>
      {t(names[view])}
      {count !== undefined && <span>{number(count)}</span>}
    </button>
  )
}

export function ViewsMenu({ choose }: ViewsProps) {
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className="tool sm" aria-label={t('Views')}>
          <Icon name="down" size="s" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {views.map(one => (
          <ViewItem key={one} view={one} choose={choose} />
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function ViewItem({ view, choose }: ViewsProps) {
  const count = useCount(view)
  return (
    <Menu.Item
      rightSection={count === undefined ? null : <span className="dim num">{number(count)}</span>}
      onClick={() => choose(view)}
    >
      {t(names[view])}
    </Menu.Item>
  )
}
