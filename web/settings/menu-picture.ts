import { type Cell, type Menu, type MenuEntry, menuPicture } from '../../src/domain/menu.ts'
import { Refused } from '../state/api.ts'

/** Grounds on which white letters are easy to read. */
export const menuColours = ['#0b6b66', '#1f4e8c', '#6d3a78', '#a03c2a', '#4a5a23', '#23282e'] as const

const letters =
  '"Inter", system-ui, "Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", "Microsoft YaHei", sans-serif'

/** Draws the menu from its labels, one cell for each entry, as large as the network wants it or smaller. */
export function drawMenu(canvas: HTMLCanvasElement, menu: Menu, scale = 1): void {
  const { width, height, cells } = menuPicture(menu)
  Object.assign(canvas, { width: width * scale, height: height * scale })
  const pen = canvas.getContext('2d')!
  pen.scale(scale, scale)
  pen.fillStyle = menu.picture?.colour ?? menuColours[0]
  pen.fillRect(0, 0, width, height)
  cells.forEach((cell, i) => {
    // Neighbours differ a little, as tiles do.
    const column = Math.round(cell.x / (cell.width || 1))
    pen.fillStyle = (column + (cell.y ? 1 : 0)) % 2 ? 'rgba(255, 255, 255, 0.07)' : 'rgba(0, 0, 0, 0.05)'
    pen.fillRect(cell.x, cell.y, cell.width, cell.height)
    drawEntry(pen, cell, menu.entries[i]!)
  })
  pen.strokeStyle = 'rgba(255, 255, 255, 0.35)'
  pen.lineWidth = 6
  for (const { x, y, width: w, height: h } of cells) pen.strokeRect(x, y, w, h)
}

function drawEntry(pen: CanvasRenderingContext2D, cell: Cell, entry: MenuEntry): void {
  const { size, lines } = fitted(pen, entry.label.trim() || '…', cell)
  const icon = 150
  const tall = icon + 60 + lines.length * size * 1.2
  const middle = cell.x + cell.width / 2
  const top = cell.y + (cell.height - tall) / 2
  pen.strokeStyle = pen.fillStyle = '#fff'
  drawIcon(pen, { x: middle - icon / 2, y: top, width: icon, height: icon }, entry)
  Object.assign(pen, { font: `600 ${size}px ${letters}`, textAlign: 'center', textBaseline: 'top' })
  for (const [i, line] of lines.entries()) pen.fillText(line, middle, top + icon + 60 + i * size * 1.2)
}

/** A speech bubble for what is said, an arrow out of a box for a page. */
function drawIcon(pen: CanvasRenderingContext2D, { x, y, width: w }: Cell, { opens }: MenuEntry): void {
  Object.assign(pen, { lineWidth: 11, lineJoin: 'round', lineCap: 'round' })
  const to = (points: [number, number][]) => {
    pen.beginPath()
    for (const [i, [px, py]] of points.entries()) pen[i ? 'lineTo' : 'moveTo'](x + px * w, y + py * w)
    pen.stroke()
  }
  if (opens !== undefined) {
    to([
      [0.45, 0.2],
      [0.12, 0.2],
      [0.12, 0.88],
      [0.8, 0.88],
      [0.8, 0.55],
    ])
    to([
      [0.6, 0.1],
      [0.92, 0.1],
      [0.92, 0.42],
    ])
    return to([
      [0.9, 0.12],
      [0.45, 0.57],
    ])
  }
  pen.beginPath()
  pen.roundRect(x + 0.05 * w, y + 0.1 * w, 0.9 * w, 0.62 * w, 0.2 * w)
  pen.stroke()
  to([
    [0.3, 0.72],
    [0.3, 0.95],
    [0.52, 0.72],
  ])
}

/** The largest letters with which the words stand in the cell in at most three lines. */
function fitted(pen: CanvasRenderingContext2D, label: string, cell: Cell): { size: number; lines: string[] } {
  for (let size = 150; ; size -= 10) {
    pen.font = `600 ${size}px ${letters}`
    const lines = broken(pen, label, cell.width * 0.84)
    const fits = lines.every(line => pen.measureText(line).width <= cell.width * 0.84)
    if (size <= 60 || (fits && lines.length <= 3 && lines.length * size * 1.2 <= cell.height * 0.6))
      return { size, lines }
  }
}

/** Where a line may end differs by language: Japanese has no spaces. */
function broken(pen: CanvasRenderingContext2D, label: string, width: number): string[] {
  const lines = ['']
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'word' }).segment(label)) {
    const longer = lines.at(-1)! + segment
    if (pen.measureText(longer.trim()).width <= width || !lines.at(-1)) lines[lines.length - 1] = longer
    else lines.push(segment)
  }
  return lines.map(line => line.trim()).filter(Boolean)
}

const heaviest = 1_000_000

/** The picture as PNG, or as JPEG as good as fits into the megabyte that the network takes. */
async function bytesOf(canvas: HTMLCanvasElement): Promise<Blob> {
  const tries: [string, number?][] = [
    ['image/png'],
    ...[0.92, 0.85, 0.75, 0.6, 0.45].map((q): [string, number] => ['image/jpeg', q]),
  ]
  for (const [type, quality] of tries) {
    const blob = await new Promise<Blob | null>(done => canvas.toBlob(done, type, quality))
    if (blob && blob.size <= heaviest) return blob
  }
  throw new Error('The picture stays too large.')
}

async function stored(canvas: HTMLCanvasElement): Promise<string> {
  const body = await bytesOf(canvas)
  const headers = { 'x-parley': '1', 'content-type': body.type }
  const answer = await fetch('/api/v1/media?name=menu', { method: 'POST', headers, body, credentials: 'same-origin' })
  if (!answer.ok) throw new Refused(await answer.json())
  return ((await answer.json()) as { media: string }).media
}

/** Cuts a picture of any size to what the menu needs, out of its middle, and stores it. Answers the id of the file. */
export async function storePicture(picture: ImageBitmap, menu: Menu): Promise<string> {
  const { width, height } = menuPicture(menu)
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const scale = Math.max(width / picture.width, height / picture.height)
  const [w, h] = [picture.width * scale, picture.height * scale]
  canvas.getContext('2d')!.drawImage(picture, (width - w) / 2, (height - h) / 2, w, h)
  return stored(canvas)
}

/** The menu with a stored picture of the right size: drawn from the labels, or one's own. */
export async function withPicture(menu: Menu): Promise<Menu> {
  const { entries, picture } = menu
  if (!picture || !entries.length) return menu
  if (picture.colour) {
    const canvas = document.createElement('canvas')
    await document.fonts.ready
    drawMenu(canvas, menu)
    return { ...menu, picture: { ...picture, media: await stored(canvas) } }
  }
  const own = await createImageBitmap(await (await fetch(`/api/v1/media/${picture.media}`)).blob())
  const { width, height } = menuPicture(menu)
  if (own.width === width && own.height === height) return menu
  return { ...menu, picture: { media: await storePicture(own, menu) } }
}
