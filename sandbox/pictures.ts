// What is photographed here: four things of a bakery, drawn by rule, so that no picture file needs to be shipped.

const draw = (shapes: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="800" viewBox="0 0 200 200">${shapes}</svg>`

const around = (count: number, draw: (angle: number, n: number) => string) =>
  Array.from({ length: count }, (_, n) => draw((n / count) * 2 * Math.PI, n)).join('')

const place = (angle: number, radius: number) => ({
  x: (100 + radius * Math.cos(angle)).toFixed(1),
  y: (98 + radius * Math.sin(angle)).toFixed(1),
})

function cake(): string {
  const berry = (angle: number, n: number) => {
    const { x, y } = place(angle, 43 + ((n * 7) % 9))
    const colour = ['#7f1224', '#a3182c', '#c42a3c'][n % 3]
    return `<circle cx="${x}" cy="${y}" r="${4.2 + ((n * 5) % 7) / 2.5}" fill="${colour}"/>`
  }
  const leaf = (angle: number) => {
    const { x, y } = place(angle + 0.4, 52)
    return `<path transform="translate(${x} ${y}) rotate(${(angle * 57).toFixed(0)})" d="M0 0q7-7 16 0q-9 7-16 0" fill="#55743f"/>`
  }
  return `<rect width="200" height="200" fill="#c9a883"/>
    <path d="M0 40h200M0 92h200M0 148h200" stroke="#b8956e" stroke-width="3"/>
    <ellipse cx="104" cy="108" rx="86" ry="84" fill="#8f6a45" opacity=".35"/>
    <circle cx="100" cy="98" r="84" fill="#f4f1ea"/><circle cx="100" cy="98" r="78" fill="#e7e1d5"/>
    <circle cx="100" cy="98" r="66" fill="#6b4329"/><circle cx="100" cy="97" r="63" fill="#fbf4e6"/>
    <path d="M48 84q20-34 52-30t44 20M64 112q14 26 42 24t38-22" fill="none" stroke="#efe2c8" stroke-width="7" stroke-linecap="round"/>
    ${around(26, berry)}${around(5, leaf)}`
}

function loaf(): string {
  const cuts = [-48, -20, 8, 36, 62].map(y => `M-15 ${y}q13-13 28-4`).join('')
  const one = (x: number) => `<g transform="translate(${x} 100) rotate(-14)">
    <ellipse cx="5" cy="7" rx="27" ry="82" fill="#2c1c10" opacity=".4"/><ellipse rx="25" ry="80" fill="#a8672f"/>
    <ellipse cx="-2" rx="20" ry="74" fill="#c58340"/>
    <path d="${cuts}" stroke="#f1d9ac" stroke-width="7" stroke-linecap="round" fill="none"/></g>`
  return `<rect width="200" height="200" fill="#5d4634"/>
    <path d="M0 60h200M0 130h200" stroke="#503b2b" stroke-width="4"/>${[-8, 48, 104, 160, 216].map(one).join('')}`
}

function ring(): string {
  const hole = (radius: number) => (angle: number) => {
    const { x, y } = place(angle, radius)
    return `<circle cx="${x}" cy="${y}" r="1.7" fill="#5c3a1f"/>`
  }
  return `<rect width="200" height="200" fill="#39444a"/>
    <path d="M-10 150 150-10M60 210 210 60" stroke="#435057" stroke-width="22"/>
    <ellipse cx="106" cy="108" rx="80" ry="78" fill="#20282c" opacity=".6"/>
    <circle cx="100" cy="98" r="78" fill="#9a6a3c"/><circle cx="100" cy="97" r="74" fill="#b07d49"/>
    <path d="M40 70q40-40 100-16" stroke="#d9b586" stroke-width="9" fill="none" stroke-linecap="round" opacity=".7"/>
    ${around(13, hole(40))}${around(18, hole(54))}${around(22, hole(66))}
    <circle cx="100" cy="98" r="21" fill="#39444a"/><circle cx="100" cy="98" r="23" fill="none" stroke="#7c522c" stroke-width="4"/>`
}

function rolls(): string {
  const sugar = (n: number) => {
    const [x, y] = [((n * 37) % 52) - 27, ((n * 23) % 50) - 25]
    return `<rect x="${x}" y="${y}" width="4.5" height="4.5" rx="1" fill="#fff" opacity=".92"/>`
  }
  const one = ([x, y, turn]: readonly number[]) => `<g transform="translate(${x} ${y}) rotate(${turn})">
    <ellipse cx="4" cy="6" rx="40" ry="36" fill="#7a5a3a" opacity=".25"/><circle r="38" fill="#c98a4b"/>
    <path d="M0 0c4-9 16-6 15 5S-4 22-14 13-21-17-4-23s33 6 32 26-25 33-43 25" fill="none" stroke="#6d3f1c" stroke-width="6" stroke-linecap="round"/>
    <path d="M-24-20q20-18 40-6" stroke="#eabf86" stroke-width="5" fill="none" stroke-linecap="round"/>
    ${Array.from({ length: 13 }, (_, n) => sugar(n + turn!)).join('')}</g>`
  const places = [
    [55, 58, 31],
    [142, 52, 77],
    [98, 118, 15],
    [30, 140, 0],
    [168, 135, 48],
    [100, 190, 16],
  ] as const
  return `<rect width="200" height="200" fill="#e8dfd0"/><path d="M0 0h200v200" fill="#dfd3bf"/>${places.map(one).join('')}`
}

/** SVG documents of 800 by 800, by name. */
export const pictures = {
  cake: draw(cake()),
  loaf: draw(loaf()),
  ring: draw(ring()),
  rolls: draw(rolls()),
} as const

export type Picture = keyof typeof pictures
