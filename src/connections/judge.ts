import type { Health } from '../api/shapes.ts'

export interface Traffic {
  id: string
  last_in_at: Date | null
  /** The last verified call of the provider, with or without an event in it. */
  reached_at: Date | null
  last_out_at: Date | null
  last_rejected_at: Date | null
  last_rejection: string | null
  last_failure_at: Date | null
  last_failure: string | null
  notice: string | null
  notice_level: string | null
  notice_at: Date | null
  quarantined: number
  held: number
  hours: { hour: string; received: number; sent: number; failed: number; rejected: number; unsupported: number }[]
}

const hour = 3_600_000
const recently = (at: Date | null, now: Date, ms = hour): boolean => at !== null && now.getTime() - at.getTime() < ms

/** Pure: how well a channel is, by what passed through it. */
export function judge(row: Traffic, state: 'on' | 'off' | 'reconnect', now: Date): Health {
  const sum = (name: 'received' | 'sent' | 'failed' | 'rejected' | 'unsupported') =>
    row.hours.reduce((n, h) => n + h[name], 0)
  const problems = problemsOf(row, state, now)
  const worst = problems.some(p => p.alarm)
    ? 'alarm'
    : problems.length
      ? 'watch'
      : row.last_in_at || row.last_out_at
        ? 'well'
        : 'quiet'
  return {
    state: state === 'off' ? 'off' : worst,
    lastInAt: row.last_in_at?.toISOString() ?? null,
    reachedAt: row.reached_at?.toISOString() ?? null,
    lastOutAt: row.last_out_at?.toISOString() ?? null,
    problems: problems.map(({ alarm: _, ...problem }) => problem),
    received: sum('received'),
    sent: sum('sent'),
    failed: sum('failed'),
    rejected: sum('rejected'),
    unsupported: sum('unsupported'),
    quarantined: row.quarantined,
    hours: perHour(row, now),
  }
}

interface Problem {
  code: string
  detail: string
  at: string | null
  alarm: boolean
}

function problemsOf(row: Traffic, state: string, now: Date): Problem[] {
  const problems: Problem[] = []
  const add = (code: string, detail: string | null, { at, alarm }: { at: Date | null; alarm: boolean }) =>
    problems.push({ code, detail: detail ?? '', at: at?.toISOString() ?? null, alarm })
  if (state === 'reconnect')
    add('reconnect', row.notice?.replace(/^refused: /, '') ?? '', { at: row.notice_at, alarm: true })
  else if (row.notice && recently(row.notice_at, now, 7 * 24 * hour) && row.notice_level !== 'note' && !isMadeUp(row))
    add(...said(row.notice), { at: row.notice_at, alarm: row.notice_level === 'alarm' })
  if (row.held) add('held', String(row.held), { at: null, alarm: true })
  if (recently(row.last_rejected_at, now))
    add('rejected', row.last_rejection, { at: row.last_rejected_at, alarm: !recently(row.last_in_at, now) })
  if (recently(row.last_failure_at, now) && (!row.last_out_at || row.last_failure_at! > row.last_out_at))
    add('failing', row.last_failure, { at: row.last_failure_at, alarm: false })
  if (row.quarantined) add('quarantined', String(row.quarantined), { at: null, alarm: false })
  return problems
}

/** Whatever a proof said: the provider has reached us since. */
const isMadeUp = ({ notice, notice_at, last_in_at, reached_at }: Traffic): boolean =>
  !!notice?.startsWith('unproven: ') && [last_in_at, reached_at].some(at => at && notice_at && at > notice_at)

/** What we say ourselves begins with a code of ours; the rest is in the network's words. */
function said(notice: string): [code: string, detail: string] {
  const [, code, detail] = /^(not-connected|upkeep|unproven): (.*)$/s.exec(notice) ?? []
  return code ? [code, detail!] : ['notice', notice]
}

function perHour(row: Traffic, now: Date): number[] {
  const bars = new Array<number>(24).fill(0)
  for (const h of row.hours) {
    const ago = Math.floor((now.getTime() - new Date(h.hour).getTime()) / hour)
    if (ago >= 0 && ago < 24) bars[23 - ago]! += h.received + h.sent
  }
  return bars
}
