import { useMemo, useRef, useState } from 'react'
import { Icon } from '../parts/icon.tsx'
import { t } from '../say.ts'
import { duration } from '../time.ts'

const bars = 42
const speeds = [1, 1.5, 2] as const

/** Bars that look like this recording and no other; the sound itself is loaded only when it is played. */
function barsOf(seed: string): number[] {
  let x = [...seed].reduce((sum, letter) => (sum * 33 + letter.codePointAt(0)!) >>> 0, 5381)
  return Array.from({ length: bars }, (_, i) => {
    x = (x * 1664525 + 1013904223) >>> 0
    const swell = 0.55 + 0.45 * Math.sin(i / 3.1)
    return 3 + (x / 2 ** 32) * 15 * swell
  })
}

/** A sound and where it is, for its controls. */
function usePlayer(seconds: number) {
  const audio = useRef<HTMLAudioElement>(null)
  const [playing, setPlaying] = useState(false)
  const [at, setAt] = useState(0)
  const [length, setLength] = useState(seconds)
  const toggle = () => void (playing ? audio.current?.pause() : audio.current?.play().catch(() => setPlaying(false)))
  const seek = (share: number) => {
    if (audio.current && length) audio.current.currentTime = share * length
    setAt(share * length)
  }
  const events = {
    onPlay: () => setPlaying(true),
    onPause: () => setPlaying(false),
    onTimeUpdate: (event: React.SyntheticEvent<HTMLAudioElement>) => setAt(event.currentTarget.currentTime),
    onDurationChange: ({ currentTarget: { duration: known } }: React.SyntheticEvent<HTMLAudioElement>) =>
      Number.isFinite(known) && setLength(known),
  }
  return { audio, playing, at, length, toggle, seek, events }
}

/** A voice message: play, seek in the bars, speed. */
export function Voice({ url, seconds }: { url: string; seconds: number }) {
  const { audio, playing, at, length, toggle, seek, events } = usePlayer(seconds)
  return (
    <div className="voice">
      <button type="button" className="go" aria-label={playing ? t('Pause') : t('Play')} onClick={toggle}>
        <Icon name={playing ? 'pause' : 'play'} />
      </button>
      <div>
        <Wave seed={url} share={length ? at / length : 0} seek={seek} />
        <div className="row dim num" style={{ font: 'var(--t-mark)', marginTop: 2 }}>
          {at > 0 ? `${duration(at)} / ` : ''}
          {duration(length)}
          <Speed audio={audio} />
        </div>
      </div>
      <audio ref={audio} src={url} preload="none" {...events} />
    </div>
  )
}

function Speed({ audio }: { audio: React.RefObject<HTMLAudioElement | null> }) {
  const [at, setAt] = useState(0)
  const speed = speeds[at]!
  const faster = () => {
    const next = (at + 1) % speeds.length
    setAt(next)
    if (audio.current) audio.current.playbackRate = speeds[next]!
  }
  return (
    <button type="button" className="speed" aria-label={t('Speed {speed}', { speed })} onClick={faster}>
      {speed}×
    </button>
  )
}

function Wave({ seed, share, seek }: { seed: string; share: number; seek: (share: number) => void }) {
  const heights = useMemo(() => barsOf(seed), [seed])
  const press = (event: React.MouseEvent<SVGSVGElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    seek((event.clientX - left) / width)
  }
  return (
    <svg className="wave" width="168" height="24" viewBox="0 0 168 24" aria-hidden="true" onClick={press}>
      {heights.map((height, i) => {
        const x = i * 4
        return (
          <rect
            key={x}
            x={x}
            y={12 - height / 2}
            width="2"
            height={height}
            rx="1"
            className={i / bars < share ? '' : 'rest'}
          />
        )
      })}
    </svg>
  )
}
