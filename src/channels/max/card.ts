import type { Part } from '../../domain/message.ts'

type Contact = Omit<Part & { type: 'contact' }, 'type'>

/** The few lines of a vCard that a contact of ours has. */
export function readCard(vcf: string): Contact {
  // A line that begins with a space goes on from the one before (RFC 6350, 3.2).
  const lines = vcf.replace(/\r?\n[ \t]/g, '').split(/\r?\n/)
  const all = (property: string) =>
    lines.flatMap(line => {
      const [, found, value] = /^(?:[\w-]+\.)?([A-Za-z]+)[^:]*:(.*)$/.exec(line) ?? []
      return found?.toUpperCase() === property && value?.trim() ? plain(value.trim()) : []
    })
  const [emails, company] = [all('EMAIL'), all('ORG')[0]?.split(';').filter(Boolean).join(', ')]
  return {
    name: all('FN')[0] ?? '',
    phones: all('TEL').map(phone => phone.replace(/^tel:/i, '')),
    ...(emails.length && { emails }),
    ...(company && { company }),
  }
}

export function writeCard({ name, phones, emails = [], company }: Contact): string {
  return [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `FN:${escaped(name)}`,
    ...phones.map(phone => `TEL;TYPE=cell:${escaped(phone)}`),
    ...emails.map(email => `EMAIL:${escaped(email)}`),
    ...(company ? [`ORG:${escaped(company)}`] : []),
    'END:VCARD',
    '',
  ].join('\r\n')
}

const escaped = (value: string): string => value.replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, '\\n')
const plain = (value: string): string => value.replace(/\\n/gi, '\n').replace(/\\([\\;,])/g, '$1')
