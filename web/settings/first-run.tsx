import { Icon } from '../parts/icon.tsx'
import { follow } from '../route.ts'
import { t } from '../say.ts'
import { useWorld } from '../state/store.ts'
import { Kinds } from './connect.tsx'

function greeting(name: string): string {
  const hour = new Date().getHours()
  if (hour < 5 || hour >= 18) return t('Good evening, {name}', { name })
  return hour < 12 ? t('Good morning, {name}', { name }) : t('Good afternoon, {name}', { name })
}

/** Before the first messenger: what to do, in three steps. */
export function FirstRun() {
  const me = useWorld(w => w.me)
  const kinds = useWorld(w => w.kinds)
  return (
    <div className="first-run">
      <div>
        <h1>{greeting(me?.name.split(' ')[0] ?? '')}</h1>
        <p className="lede">
          {t('Connect a messenger and write to yourself: your words appear in the inbox within a second.')}
        </p>
        <div className="step ok">
          <span className="no">
            <Icon name="check" size="s" />
          </span>
          <h2>
            {t('Workspace')} <span>{me?.workspace.name}</span>
          </h2>
        </div>
        <div className="step now">
          <span className="no">2</span>
          <div>
            <h2>{t('Connect a messenger')}</h2>
            <Kinds kinds={kinds} />
          </div>
        </div>
        <div className="step last">
          <span className="no">3</span>
          <h2>
            <a href="/settings/people" onClick={follow}>
              {t('Ask a colleague in')}
            </a>
            <span>{t('they get a link that works once')}</span>
          </h2>
        </div>
        {me?.demo && <Looking />}
      </div>
    </div>
  )
}

/** In the demo: customers to play with. */
function Looking() {
  return (
    <div className="try">
      <Icon name="play" />
      <div className="grow">
        <b>{t('Only looking?')}</b>{' '}
        <span className="dim">{t('The sandbox brings pretend customers with phones.')}</span>
      </div>
      <a className="btn" href="/sandbox/">
        {t('Open the sandbox')}
      </a>
    </div>
  )
}
