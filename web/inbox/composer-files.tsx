import { Icon } from '../parts/icon.tsx'
import { t } from '../say.ts'
import { size } from '../time.ts'
import type { Attachment } from './attach.ts'
import { kindIcon } from './summary.ts'

/** The files of the message: how far each is, and a way to take it out. */
export function Files({ files, remove }: { files: readonly Attachment[]; remove: (id: string) => void }) {
  if (!files.length) return null
  return (
    <div className="files-row">
      {files.map(file => (
        <File key={file.id} file={file} remove={() => remove(file.id)} />
      ))}
    </div>
  )
}

function File({ file, remove }: { file: Attachment; remove: () => void }) {
  const { name } = file.file
  return (
    <div className={file.failed ? 'att gone' : 'att'} title={file.failed}>
      {file.preview ? (
        <img className="thumb" src={file.preview} alt="" />
      ) : (
        <span className="thumb">
          <Icon name={kindIcon[file.type] ?? 'file'} />
        </span>
      )}
      <span className="grow meta-text">
        <span className="cut" style={{ display: 'block' }}>
          {name}
        </span>
        <span className={file.failed ? 'cut' : 'dim cut'} style={{ display: 'block' }}>
          {file.failed ?? size(file.file.size)}
        </span>
      </span>
      <button type="button" className="tool sm" aria-label={t('Remove {name}', { name })} onClick={remove}>
        <Icon name="x" size="s" />
      </button>
      {!file.stored && !file.failed && (
        <span
          className="bar"
          role="progressbar"
          aria-label={name}
          aria-valuenow={Math.round(file.share * 100)}
          style={{ width: `${file.share * 100}%` }}
        />
      )}
    </div>
  )
}
