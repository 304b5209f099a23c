import { Icon } from './icons.tsx'
import type { LogLine } from './state.ts'

/** The last calls and events between us and one provider. */
export function Wire({ log }: { log: LogLine[] }) {
  return (
    <div className="log">
      <h2>
        Wire<span>live</span>
      </h2>
      <ul>
        {log.slice(-9).map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no names, and a row holds nothing of its own
          <LogRow key={at} line={line} />
        ))}
        {log.length === 0 && <li className="none">Nothing has passed yet.</li>}
      </ul>
    </div>
  )
}

/** As HTTP and SMTP, IMAP and SMPP say that all is well. */
const well = /^(2\d\d|OK|bound|taken)/

function LogRow({ line }: { line: LogLine }) {
  const tone = well.test(line.result) && !line.result.includes('answer') ? 'ok' : 'bad'
  const again = line.what.endsWith(', again')
  return (
    <li title={`${line.what}: ${line.result}`}>
      <time>{new Date(line.at).toLocaleTimeString('en-GB')}</time>
      <span className={again ? 'w' : tone}>
        <Icon name={again ? 'copy' : line.way === 'out' ? 'in' : 'out'} small />
      </span>
      <span className="cut">{line.what}</span>
      <span className={`num ${again && tone === 'ok' ? 'w' : tone}`}>{short(line.result)}</span>
    </li>
  )
}

/** The reason why nobody answered stays in the row's title. */
const short = (result: string): string => (result.startsWith('no answer') ? 'no answer' : result)
