import { useEffect, useRef } from 'react'
import { commandOf, type Menu, type MenuLimits, menuPicture } from '../../src/domain/menu.ts'
import { Icon } from '../parts/icon.tsx'
import { t } from '../say.ts'
import { drawMenu } from './menu-picture.ts'

/** The menu as the messenger will show it. */
export function MenuPreview({ menu, limits }: { menu: Menu; limits: MenuLimits }) {
  const { entries } = menu
  return (
    <figure className={`menu-shown as-${limits.shape}`} aria-label={t('As customers see it')}>
      {limits.shape === 'picture' ? (
        <Picture menu={menu} />
      ) : (
        <ul>
          {entries.map((entry, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the picture of a list has no state
            <li key={i}>
              {limits.shape === 'commands' && <b>/{commandOf(entry) || '…'}</b>}
              <span className="cut">{entry.label || '…'}</span>
              {entry.opens !== undefined && <Icon name="link" size="s" />}
            </li>
          ))}
        </ul>
      )}
    </figure>
  )
}

function Picture({ menu }: { menu: Menu }) {
  const { width, height, cells } = menuPicture(menu)
  return (
    <>
      <div className="menu-picture" style={{ aspectRatio: `${width} / ${height}` }}>
        {menu.picture?.colour ? (
          <Drawn menu={menu} />
        ) : (
          <>
            <img src={`/api/v1/media/${menu.picture?.media}`} alt="" />
            {cells.map((cell, i) => (
              <i
                key={`${cell.x} ${cell.y}`}
                style={{
                  left: `${(cell.x / width) * 100}%`,
                  top: `${(cell.y / height) * 100}%`,
                  width: `${(cell.width / width) * 100}%`,
                  height: `${(cell.height / height) * 100}%`,
                }}
              >
                <b className="num">{i + 1}</b>
              </i>
            ))}
          </>
        )}
      </div>
      <div className="menu-bar">{menu.bar || 'Menu'} ▾</div>
    </>
  )
}

function Drawn({ menu }: { menu: Menu }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    if (canvas.current) drawMenu(canvas.current, menu, 0.4)
  })
  return <canvas ref={canvas} role="img" aria-label={menu.entries.map(({ label }) => label).join(', ')} />
}
