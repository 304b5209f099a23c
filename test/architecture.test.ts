import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { functionsOf, importsOf, isTest, literalsOf, root, type Source, sources, textOf, tree, walk } from './source.ts'

/** The rules of the house (docs/walk.md). An exception is a line here, with its reason. */

const all = sources('{src,web,widget,sandbox,test,bench,bin}/**/*.{ts,tsx}')
const code = all.filter(s => !isTest(s.file) && /^(src|web|widget|sandbox)\//.test(s.file))
const inside = (folder: string) => code.filter(s => s.file.startsWith(`${folder}/`))

/** Fails with every breach at once: the list is the work to do. */
function none(breaches: string[], rule: string): void {
  assert.equal(breaches.length, 0, `${rule}\n  ${breaches.join('\n  ')}\n`)
}

/** Whether a breach is excused; an excuse that is not needed any more fails the test at the end of the file. */
const used = new Set<string>()
const excused = (list: Record<string, string>, name: string): boolean => {
  if (name in list) used.add(name)
  return name in list
}

const ownImports = (from: readonly Source[]) =>
  from.flatMap(s => importsOf(s).flatMap(i => (i.own ? [{ file: s.file, of: i.of }] : [])))

test('what is served imports the server, never the other way round', () => {
  const wrong = ownImports(inside('src')).filter(i => !i.of.startsWith('src/'))
  none(
    wrong.map(i => `${i.file} imports ${i.of}`),
    'src/ must not know web, widget, sandbox, test, bench or bin.',
  )
})

test('the domain imports only the domain, so that the browser can have it', () => {
  const wrong = inside('src/domain').flatMap(s =>
    importsOf(s)
      .filter(i => !i.of.startsWith('src/domain/'))
      .map(i => `${s.file} imports ${i.of}`),
  )
  none(wrong, 'src/domain/ must stand alone.')
})

/** Folders that are no channels: what several channels of one company have in common, and which may import it. */
const families: Record<string, string[]> = {
  'src/channels/meta': ['src/channels/whatsapp', 'src/channels/messenger', 'src/channels/instagram'],
  'src/channels/tencent': ['src/channels/wechat', 'src/channels/wecom'],
}

test('a channel knows its own folder, its family, the contract, the kit and the domain, never another channel or a feature', () => {
  const wrong = ownImports(code.filter(s => /^src\/channels\/[^/]+\//.test(s.file))).filter(({ file, of }) => {
    const own = file.split('/').slice(0, 3).join('/')
    const family = of.split('/').slice(0, 3).join('/')
    if (families[family]?.includes(own)) return false
    return !of.startsWith(`${own}/`) && !/^src\/(domain\/|channels\/(contract|kit|menu)\.ts$)/.test(of)
  })
  none(
    wrong.map(i => `${i.file} imports ${i.of}`),
    'A channel must stay within its contract.',
  )
})

test('a family has several members and is no channel itself', () => {
  const members = (family: string) => {
    const from = ownImports(code).filter(
      ({ file, of }) => of.startsWith(`${family}/`) && !file.startsWith(`${family}/`),
    )
    return [...new Set(from.map(({ file }) => file.split('/').slice(0, 3).join('/')))]
  }
  for (const [family, allowed] of Object.entries(families)) {
    assert.ok(allowed.length > 1, `${family} is shared by nobody`)
    assert.deepEqual(members(family).sort(), [...allowed].sort(), `those who import ${family}`)
    none(
      ['index.ts', 'fixtures', 'README.md'].filter(name => fs.existsSync(path.join(root, family, name))),
      `${family} must stay a part of its channels.`,
    )
  }
})

/** Features reach the channels by their contract and their list only: whoever names one folder has chosen a network. */
const channelImports: Record<string, string> = {
  'src/site': 'the server side of the website chat, which is its own provider',
}

test('nobody imports the inside of a channel', () => {
  const wrong = ownImports(inside('src'))
    .filter(({ file, of }) => /^src\/channels\/[^/]+\//.test(of) && !file.startsWith('src/channels/'))
    .filter(({ file }) => !excused(channelImports, file.split('/').slice(0, 2).join('/')))
  none(
    wrong.map(i => `${i.file} imports ${i.of}`),
    'Only src/channels/index.ts lists channels.',
  )
})

/** What may read the rows of another feature, and why. */
const storeImports: Record<string, string> = {
  'src/live/catch-up.ts -> src/inbox/store.ts':
    'catching up reads the state of now of what changed, all of it the inbox’s',
  'src/api/caller.ts -> src/accounts/store.ts': 'the door asks who is there at every request',
}

test('a feature calls another by its verbs, never its store', () => {
  const featureOf = (file: string) => file.split('/').slice(0, 2).join('/')
  const wrong = ownImports(inside('src'))
    .filter(({ file, of }) => /\/store\.ts$/.test(of) && featureOf(file) !== featureOf(of))
    .map(({ file, of }) => `${file} -> ${of}`)
  none(
    wrong.filter(name => !excused(storeImports, name)),
    'Export a verb from the feature instead.',
  )
})

test('only the configuration reads the environment', () => {
  const wrong = inside('src').flatMap(s =>
    s.file !== 'src/config.ts' && s.file !== 'src/main.ts' && /\bprocess\s*\.\s*env\b/.test(s.text) ? [s.file] : [],
  )
  none(wrong, 'Hand in what is needed: src/config.ts reads process.env once.')
})

/** Words that are nothing but the name of a network; the others (site, email, line, x, max) only count beside `kind`. */
const kinds =
  'whatsapp telegram viber messenger instagram vk ok wechat wecom twilio vonage smpp sms-gateway rcs slack teams google-chat discord matrix mattermost webex yandex'
    .split(' ')
    .filter(kind => kind !== 'ok' && kind !== 'matrix')
const everyKind = [...kinds, 'site', 'email', 'line', 'x', 'max', 'apple', 'ok', 'matrix']

const mayNameKinds: Record<string, string> = {
  'src/site': 'the server side of the website chat, which is its own provider',
  'web/parts/icon': 'each network has its picture',
}

test('nobody but the channels names a network: ask what a channel can, never which it is', () => {
  const wrong = [...inside('src'), ...inside('web'), ...inside('widget')]
    .filter(s => !/^src\/channels\/([^/]+\/|index\.ts)/.test(s.file))
    .flatMap(s =>
      [...literalsOf(s)].flatMap(l => (namesKind(s, l) ? [{ file: s.file, line: l.line, value: l.value }] : [])),
    )
    .filter(({ file }) => !Object.keys(mayNameKinds).some(at => file.startsWith(at) && excused(mayNameKinds, at)))
  none(
    wrong.map(w => `${w.file}:${w.line} says '${w.value}'`),
    'Use the capabilities of the adapter, or a table beside the pictures.',
  )
})

type Said = ReturnType<typeof literalsOf> extends Generator<infer L> ? L : never

function namesKind(source: Source, { value, within, above }: Said): boolean {
  if (above.some(node => /^(Import|Export(Named|All))Declaration$/.test(node.type) && !node.declaration)) return false
  if (kinds.includes(value)) return true
  return everyKind.includes(value) && within.type === 'BinaryExpression' && /\bkind$/.test(textOf(source, within.left))
}

/** Files above 200 lines (300 for a screen), and why. */
const longFiles: Record<string, string> = {
  'src/api/shapes.ts': 'the whole outside interface on one page, nothing but declarations',
  'src/channels/contract.ts': 'the whole contract on one page, mostly documentation',
  'web/settings/setting-words.ts': 'a list, a sentence a line',
}

test('a file is read in a few minutes: 200 lines, 300 for a screen', () => {
  const wrong = code
    .filter(s => s.lines > (s.file.startsWith('web/screens/') ? 300 : 200) && !excused(longFiles, s.file))
    .map(s => `${s.file} has ${s.lines} lines`)
  none(wrong, 'Split it along what it tells.')
})

const listOfRoutes = 'a flat list of routes with their schemas; what each does is a function of its own'

/** Functions above 40 lines, and why. */
const longFunctions: Record<string, string> = {
  'src/accounts/routes.ts accountRoutes': listOfRoutes,
  'src/accounts/session-routes.ts sessionRoutes': listOfRoutes,
  'src/connections/routes.ts channelRoutes': listOfRoutes,
  'src/inbox/delivery-routes.ts deliveryRoutes': listOfRoutes,
  'src/inbox/routes.ts readRoutes': listOfRoutes,
  'src/inbox/say-routes.ts sayRoutes': listOfRoutes,
  'src/start.ts assemble': 'the one list of all parts',
}

test('a function is seen at once: 40 lines', () => {
  const wrong = code
    .flatMap(s => functionsOf(s).map(f => ({ ...f, file: s.file })))
    .filter(f => f.lines > 40 && !excused(longFunctions, `${f.file} ${f.name}`))
    .map(f => `${f.file}:${f.line} ${f.name} has ${f.lines} lines`)
  none(wrong, 'Name its steps.')
})

/** Functions with more than three parameters, and why. */
const manyParameters: Record<string, string> = {
  'src/domain/prepare.ts prepare': 'what, to whom, by what, when: the composer reads it so',
  'src/api/problem.ts constructor': 'the fields of RFC 9457 in their order',
  'sandbox/whatsapp/check.ts titled': 'owed: a name for the limits of a row',
  'sandbox/whatsapp/send.ts answer': 'owed: the four things of one send as one object',
  'sandbox/whatsapp/send.ts deliver': 'owed: the four things of one send as one object',
  'sandbox/whatsapp/send.ts show': 'owed: the four things of one send as one object',
  'sandbox/whatsapp/templates.ts make': 'a table of examples reads better in rows',
}

/** What a function acts on is not one of the things it is told: the transaction, the assembled Parley, the network. */
const worlds = new Set(['on', 'tx', 'db', 'io', 'world'])
const toldTo = (parameters: readonly { name: string }[]): number => {
  const first = parameters.findIndex(p => !worlds.has(p.name))
  return first < 0 ? 0 : parameters.length - first
}

test('a function is told three things at most', () => {
  const wrong = code
    .flatMap(s => functionsOf(s).map(f => ({ ...f, file: s.file })))
    .filter(f => toldTo(f.parameters) > 3 && !excused(manyParameters, `${f.file} ${f.name}`))
    .map(f => `${f.file}:${f.line} ${f.name} is told ${toldTo(f.parameters)}`)
  none(wrong, 'Hand in an object with names.')
})

test('nobody has to guess what `true` means: no exported function takes a boolean', () => {
  const wrong = [...inside('src'), ...inside('sandbox'), ...inside('web')].flatMap(s =>
    functionsOf(s)
      .filter(f => f.exported)
      .flatMap(f => f.parameters.filter(p => p.boolean).map(p => `${s.file}:${f.line} ${f.name}(${p.name})`)),
  )
  none(wrong, 'Make two functions, or name the choice.')
})

/** Channels above 600 lines, and why. */
const largeChannels: Record<string, string> = {
  'src/channels/telegram': 'reads and sends every kind of message of the published Bot API, which has over a hundred',
  'src/channels/whatsapp': 'reads every webhook field Meta documents, history and templates among them',
  'src/channels/messenger':
    'messages and comments are two networks under one token, with templates and a sign-in of its own',
  'src/channels/vk': 'webhooks and Long Poll, uploads in three steps, and a wall beside the messages',
  'src/channels/line': 'every event of the published API, each with words of its own',
  'src/channels/max': 'every update of the published API, uploads in steps',
  'src/channels/wechat': 'encryption and XML, menus, notices with templates',
  'src/channels/wecom': 'encryption and XML for the call, pulling by cursor for the messages',
  'src/channels/vonage': 'two interfaces of one provider, each with signatures and events of its own',
  'src/channels/smpp': 'a binary protocol with sessions, alphabets and long messages, which no kept library speaks',
  'src/channels/instagram': 'two ways to sign in and to be called: by Instagram itself and through a Facebook page',
  'src/channels/email': 'two protocols, MIME, threads, bounces, loops and foreign HTML',
}

test('a channel is small: 600 lines without fixtures and tests', () => {
  const sizes = new Map<string, number>()
  for (const s of code) {
    const folder = /^src\/channels\/[^/]+(?=\/)/.exec(s.file)?.[0]
    if (folder) sizes.set(folder, (sizes.get(folder) ?? 0) + s.lines)
  }
  none(
    [...sizes]
      .filter(([folder, lines]) => lines > 600 && !excused(largeChannels, folder))
      .map(([folder, lines]) => `${folder} has ${lines} lines`),
    'What every network needs belongs to the contract, the kit or the inbox.',
  )
})

test('no folder is a drawer for odds and ends', () => {
  const folders = new Set(all.flatMap(s => path.posix.dirname(s.file).split('/')))
  none(
    ['utils', 'helpers', 'common', 'services', 'managers', 'lib', 'misc'].filter(name => folders.has(name)),
    'Name it after what it does.',
  )
})

test('no test is skipped, left alone or promised', () => {
  const wrong = all
    .filter(s => isTest(s.file))
    .flatMap(s =>
      [...walk(tree(s))].flatMap(({ node }) => {
        const callee = textOf(s, node.type === 'CallExpression' ? node.callee : undefined)
        const option = node.type === 'Property' && /^(skip|only|todo)$/.test(textOf(s, node.key))
        return /^(test|it|describe|suite|t)\.(skip|only|todo)$/.test(callee) || option
          ? [`${s.file}: ${callee || textOf(s, node)}`]
          : []
      }),
    )
  none(wrong, 'A test runs or is not there.')
})

/** Files as git knows them, so that what lies about untracked cannot break another's test. */
const tracked = () =>
  execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter(file => file && fs.existsSync(path.join(root, file)))

test('no file knows the machine it was written on', () => {
  const place = /(?:^|[\s'"`(=])\/(?:work|home\/[a-z]+|Users|root)\/[a-z]/m
  const wrong = textFiles().filter(({ text }) => place.test(text))
  none(
    wrong.map(f => f.file),
    'Make the path from import.meta.dirname, or ask the environment.',
  )
})

/** Absolute folders that belong to the system rather than to one machine. */
function textFiles(): { file: string; text: string }[] {
  return tracked()
    .filter(file => /\.(ts|tsx|js|json|md|sql|sh|css|html|svg|yml|yaml)$|^(bin|\.ci)\/[^.]+$/.test(file))
    .filter(file => file !== 'test/architecture.test.ts')
    .map(file => ({ file, text: fs.readFileSync(path.join(root, file), 'utf8') }))
}

test('the lock file pins packages, not a registry', () => {
  const lock = fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')
  const hosts = new Set([...lock.matchAll(/"resolved": "(https?:\/\/[^/"]+)/g)].map(m => m[1]!))
  none([...hosts], 'Keep `omit-lockfile-registry-resolved` in .npmrc.')
})

test('every package has one exact version', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
    fs.readFileSync(path.join(root, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string>>
  const loose = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => `${name} ${version}`)
  none(loose, 'Write the exact version.')
})

test('no exception outlives its reason', () => {
  const lists = {
    ...channelImports,
    ...storeImports,
    ...mayNameKinds,
    ...longFiles,
    ...longFunctions,
    ...manyParameters,
    ...largeChannels,
  }
  none(
    Object.keys(lists).filter(name => !used.has(name)),
    'These exceptions are not needed any more:',
  )
})
