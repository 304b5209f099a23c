import sharp from 'sharp'

/** A picture of nothing, so many pixels wide and high. */
export const picture = (edge = 64): Promise<Buffer> =>
  sharp({ create: { width: edge, height: edge, channels: 3, background: '#c58340' } })
    .jpeg()
    .toBuffer()

/** The first page of an Ogg file with Opus sound, as every voice message begins. */
export const voice = (): Buffer => {
  const head = Buffer.from('OpusHead\x01\x01\x38\x01\x80\xbb\x00\x00\x00\x00\x00', 'latin1')
  const page = Buffer.alloc(28)
  page.write('OggS')
  page[5] = 2
  page[26] = 1
  page[27] = head.length
  return Buffer.concat([page, head])
}
