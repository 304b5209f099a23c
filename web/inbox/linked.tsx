const address = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/g

/** Words with their addresses made to open. */
export function Linked({ text }: { text: string }) {
  let at = 0
  const pieces = text.split(address).map((piece, i) => {
    at += piece.length + 1
    if (i % 2 === 0) return piece
    return (
      <a key={at} className="text-link" href={piece} target="_blank" rel="noreferrer noopener">
        {piece}
      </a>
    )
  })
  return <span className="said-text">{pieces}</span>
}
