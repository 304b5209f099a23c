import type { Message } from '../../src/api/shapes.ts'
import { Icon } from '../parts/icon.tsx'
import { Avatar } from '../parts/person.tsx'
import { readable } from '../readable.ts'
import { t } from '../say.ts'
import { money, number } from '../time.ts'
import { useChannel } from './can.ts'
import { TemplateWords } from './composer-template.tsx'
import { languageName } from './template-text.ts'
import { useTemplates } from './templates.ts'

type Of<T extends string> = Extract<Message['parts'][number], { type: T }>

/** A drawn tile: no outside service learns where the customer is. The link asks for the map only when it is followed. */
export function Place({ part }: { part: Of<'location'> }) {
  const link = `https://www.openstreetmap.org/?mlat=${part.lat}&mlon=${part.lon}#map=17/${part.lat}/${part.lon}`
  return (
    <div className="place-wide">
      <a className="place" href={link} target="_blank" rel="noreferrer noopener" aria-label={t('Open the map')}>
        <Tile lat={part.lat} lon={part.lon} />
      </a>
      <div>{part.name ?? (part.live ? t('Live location') : t('Location'))}</div>
      {part.address !== part.name && (
        <div className="said">{part.address ?? `${part.lat.toFixed(5)}, ${part.lon.toFixed(5)}`}</div>
      )}
    </div>
  )
}

/** Streets made up from the coordinates: the same place looks the same. */
function Tile({ lat, lon }: { lat: number; lon: number }) {
  const turn = ((lat * 997 + lon * 613) % 60) - 30
  const streets = [-120, -64, -12, 44, 98, 150].map((x, i) => ({ x, wide: (i * 7 + Math.round(lat * 100)) % 3 === 0 }))
  return (
    <svg viewBox="0 0 300 132" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <rect width="300" height="132" fill="var(--p2)" />
      <g transform={`translate(150 66) rotate(${turn})`} stroke="var(--paper)">
        {streets.map(({ x, wide }) => (
          <g key={x} strokeWidth={wide ? 12 : 6}>
            <path d={`M${x} -240V240`} />
            <path d={`M-240 ${x * 0.8}H240`} />
          </g>
        ))}
      </g>
      <path d="M150 70s-15-14-15-26a15 15 0 0 1 30 0c0 12-15 26-15 26z" fill="var(--accent-fill)" />
      <circle cx="150" cy="44" r="5.5" fill="var(--on-accent)" />
    </svg>
  )
}

export function ContactCard({ part }: { part: Of<'contact'> }) {
  return (
    <div className="card-part">
      <div className="top">
        <Avatar name={part.name} size={36} />
        <div>
          <div className="strong">{part.name}</div>
          {part.company && <div className="dim">{part.company}</div>}
        </div>
      </div>
      {part.phones.map(phone => (
        <a key={phone} className="text-link num" href={`tel:${phone.replace(/\s/g, '')}`}>
          {phone}
        </a>
      ))}
      {part.emails?.map(email => (
        <a key={email} className="text-link" href={`mailto:${email}`}>
          {email}
        </a>
      ))}
    </div>
  )
}

export function Poll({ part }: { part: Of<'poll'> }) {
  const all = part.options.reduce((sum, option) => sum + (option.votes ?? 0), 0)
  return (
    <div className="card-part">
      <div className="top strong">
        <Icon name="poll" size="s" />
        {part.question}
      </div>
      {part.options.map(({ label, votes = 0 }) => (
        <div className="vote" key={label}>
          <span>{label}</span>
          <span className="num">{number(votes)}</span>
          <i>
            <b style={{ width: `${all ? (100 * votes) / all : 0}%` }} />
          </i>
        </div>
      ))}
      <span className="dim">{t('{n, plural, one {# vote} other {# votes}}', { n: all })}</span>
    </div>
  )
}

export function Order({ part }: { part: Of<'order'> }) {
  const total = part.items.reduce((sum, item) => sum + (item.price ?? 0) * item.quantity, 0)
  return (
    <div className="order">
      <div className="oh">
        <span className="fi">
          <Icon name="bag" />
        </span>
        <b className="grow">{t('Order')}</b>
      </div>
      {part.text && <p>{part.text}</p>}
      <table>
        <tbody>
          {part.items.map(item => (
            <tr key={item.product}>
              <td>{item.name ?? item.product}</td>
              <td>{item.quantity}</td>
              <td>{item.price === undefined ? '' : money(item.price * item.quantity, part.currency)}</td>
            </tr>
          ))}
          {total > 0 && (
            <tr className="sum">
              <td>{t('Total')}</td>
              <td />
              <td>{money(total, part.currency)}</td>
            </tr>
          )}
        </tbody>
      </table>
    </div>
  )
}

export function FormCard({ part }: { part: Of<'form'> }) {
  return (
    <div className="card-part">
      <div className="top strong">
        <Icon name="form" size="s" />
        {part.name}
      </div>
      <dl>
        {Object.entries(part.fields).map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt className="dim">{readable(name)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

/** The words that went out, as far as the network's list still has them. */
export function TemplateCard({ part, message }: { part: Of<'template'>; message: Message }) {
  const templates = useTemplates(useChannel(message.conversationId)?.id)
  const known = templates?.find(({ name, language }) => name === part.name && language === part.language)
  return (
    <div className="card-part">
      <div className="top">
        <Icon name="menu" size="s" />
        <span>
          <b>{readable(part.name)}</b>{' '}
          <span className="said">{t('template, {language}', { language: languageName(part.language) })}</span>
        </span>
      </div>
      {known ? (
        <TemplateWords body={known.body} values={part.values} />
      ) : (
        part.values.length > 0 && <div>{part.values.join(' · ')}</div>
      )}
    </div>
  )
}

export function LinkCard({ part }: { part: Of<'link'> }) {
  return (
    <a className="file" href={part.url} target="_blank" rel="noreferrer noopener">
      <span className="fi">
        <Icon name="link" />
      </span>
      <span className="grow">
        <span className="fname">{part.title ?? part.url}</span>
        {part.text && <span className="said">{part.text}</span>}
      </span>
    </a>
  )
}
