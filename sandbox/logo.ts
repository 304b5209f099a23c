import sharp from 'sharp'

/** The picture of a business's account, drawn by rule from its name, as a PNG. */
export function logoOf(name: string): Promise<Buffer> {
  const letter = [...name][0]?.replace(/[<&]/, '') ?? ''
  return sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="240" height="240"><rect width="240" height="240" fill="#7a4a21"/>
       <circle cx="120" cy="120" r="88" fill="#f3e3c3"/><path d="M120 52q44 68 0 136-44-68 0-136" fill="#c58340"/>
       <text x="120" y="146" font-family="Georgia, serif" font-size="76" text-anchor="middle" fill="#3d2410">${letter}</text></svg>`,
    ),
  )
    .png()
    .toBuffer()
}
