/** One line of docs/performance.md: what was measured here and now, beside what it has to be compared with. */
export type Figure = {
  name: string
  value: number
  unit: string
  /** The same work done the plainest possible way, in the same run: machines differ, ratios less. */
  control?: { name: string; value: number }
  target: string
  note?: string
}
