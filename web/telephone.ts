/** Calling codes of one and two digits (ITU-T E.164); every other one has three. */
const shortCodes = /^(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/

/** How the digits after the calling code are commonly said. Of countries that are not here: in threes. */
const groups: Readonly<Record<string, readonly number[]>> = {
  '7': [3, 3, 2, 2],
  '33': [1, 2, 2, 2, 2],
  '44': [4, 6],
  '47': [3, 2, 3],
  '55': [2, 5, 4],
  '81': [2, 4, 4],
  '86': [3, 4, 4],
  '91': [5, 5],
  '358': [2, 3, 4],
  '372': [4, 4],
  '380': [2, 3, 2, 2],
}

/**
 * `+13125550171` -> `+1 312 555 0171`: a number in E.164 grouped for the eye. Anything else is answered as it is. The
 * groups are common habit, not the numbering plan, which would weigh more than all of this page.
 */
export function grouped(number: string): string {
  const digits = /^\+([1-9]\d{7,14})$/.exec(number)?.[1]
  if (!digits) return number
  const code = shortCodes.exec(digits)?.[0] ?? digits.slice(0, 3)
  const rest = digits.slice(code.length)
  const known = groups[code]
  const sizes = known && sum(known) === rest.length ? known : threes(rest.length)
  let at = 0
  const said = sizes.map(size => {
    at += size
    return rest.slice(at - size, at)
  })
  return [`+${code}`, ...said].join(' ')
}

const sum = (sizes: readonly number[]): number => sizes.reduce((all, size) => all + size, 0)

function threes(length: number): number[] {
  if (length <= 4) return [length]
  return length === 5 ? [2, 3] : [3, ...threes(length - 3)]
}
