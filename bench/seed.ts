import type pg from 'pg'
import { languages, names, phrases, planted } from './words.ts'

export const size = { messages: 1_000_000, conversations: 100_000 }
/** The last of them go in with all indexes in place, as in daily life. */
const livingPart = 20_000
const phraseCount = 30_000

/**
 * A shop of two years: 1,000,000 messages in 100,000 conversations, some with thousands, most with a few; 30,000 notes;
 * ten agents; one conversation in twelve is open. `ownerId` gets a share of the open ones.
 */
export async function seed(db: pg.Client, shop: { workspaceId: string; ownerId: string; channelIds: string[] }) {
  await db.query(`select set_config('bench.workspace', $1, false), set_config('bench.owner', $2, false)`, [
    shop.workspaceId,
    shop.ownerId,
  ])
  await db.query(`set session_replication_role = replica`) // no foreign key checks: everything refers to what is there
  await db.query(`set maintenance_work_mem = '256MB'; set synchronous_commit = off; select setseed(0.42)`)
  await words(db)
  await people(db, shop.channelIds)
  const indexes = await takeIndexes(db)
  await messages(db, 1, size.messages - livingPart)
  for (const definition of indexes) await db.query(definition)
  await messages(db, size.messages - livingPart + 1, size.messages)
  await finish(db)
  await db.query('vacuum (analyze)')
  await db.query('checkpoint')
}

async function words(db: pg.Client): Promise<void> {
  await db.query('create temp table phrase (lang int, n int, text text, words tsvector, primary key (lang, n))')
  await db.query('create temp table person (lang int, n int, name text, primary key (lang, n))')
  for (const [lang, language] of languages.entries()) {
    await db.query(
      `insert into phrase select $1, n, t, to_tsvector('parley', t) from unnest($2::text[]) with ordinality p(t, n)`,
      [lang, phrases(language, phraseCount)],
    )
    await db.query(`insert into person select $1, n, t from unnest($2::text[]) with ordinality p(t, n)`, [
      lang,
      names(language, 20_000),
    ])
  }
  await db.query('analyze phrase; analyze person')
}

const workspace = `current_setting('bench.workspace')::bigint`

async function people(db: pg.Client, channelIds: string[]): Promise<void> {
  await db.query(`insert into agents (workspace_id, email, name, role)
    select ${workspace}, 'agent' || n || '@shop.example', 'Agent ' || n, 'agent' from generate_series(1, 9) n`)
  await db.query(`insert into contacts (workspace_id, id, name, phone, created_at) overriding system value
    select ${workspace}, s.n, p.name, '+3584' || (10000000 + s.n * 83), now() - interval '2 years'
    from generate_series(1, ${size.conversations}) s(n) join person p on p.lang = s.n % 3 and p.n = 1 + s.n::bigint * 7919 % 20000`)
  const channels = `(array[${channelIds.join(',')}]::bigint[])[1 + n % ${channelIds.length}]`
  await db.query(`insert into conversations (workspace_id, id, channel_id, contact_id, address) overriding system value
    select ${workspace}, n, ${channels}, n, (400000000 + n)::text from generate_series(1, ${size.conversations}) n`)
  await db.query(`insert into identities (workspace_id, channel_id, address, contact_id, conversation_id, username)
    select ${workspace}, ${channels}, (400000000 + n)::text, n, n, case when n % 3 > 0 then 'user_' || to_hex(n * 7919::bigint) end
    from generate_series(1, ${size.conversations}) n`)
}

/** Indexes are made again after the bulk, which takes a fraction of the time; answers how. */
async function takeIndexes(db: pg.Client): Promise<string[]> {
  const { rows } = await db.query<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
     where indrelid = 'messages'::regclass and not indisprimary`,
  )
  for (const { name } of rows) await db.query(`drop index ${name}`)
  return rows.map(row => row.definition)
}

/** Each conversation has one message at least; the square makes a few very long. Two or three phrases in the customer's language, some with a number of an order. */
async function messages(db: pg.Client, from: number, to: number): Promise<void> {
  await db.query(
    `insert into messages (workspace_id, id, conversation_id, channel_id, direction, author_type, author_id, author_name, parts, status, external_id, at, created_at, words)
     overriding system value
     with drawn as materialized (
       select i, case when i <= ${size.conversations} then i else 1 + floor(${size.conversations} * random() ^ 2)::bigint end as v,
         random() < 0.6 as incoming, 1 + floor(random() * ${phraseCount})::int as a, 1 + floor(random() * ${phraseCount})::int as b,
         case when random() < 0.15 then 100000 + floor(random() * 900000)::int end as number,
         now() - interval '2 years' * (1 - i::float8 / ${size.messages}) + interval '2 seconds' * random() as at
       from generate_series($1::bigint, $2::bigint) i),
     said as (
       select d.*, concat_ws(' ', pa.text, pb.text, case when number is not null then 'order ' || number end,
           case when i % ${Math.floor(size.messages / 12)} = 500 then '${planted.rare}' end) as text,
         pa.words || pb.words || case when number is not null then to_tsvector('parley', 'order ' || number) else '' end
           || case when i % ${Math.floor(size.messages / 12)} = 500 then to_tsvector('parley', '${planted.rare}') else '' end as words
       from drawn d join phrase pa on pa.lang = d.v % 3 and pa.n = d.a join phrase pb on pb.lang = d.v % 3 and pb.n = d.b)
     select ${workspace}, i, v, c.channel_id, case when incoming then 'in' else 'out' end, case when incoming then 'contact' else 'agent' end,
       case when incoming then v else 1 + i % 9 end, case when incoming then p.name else 'Agent ' || i % 9 end,
       jsonb_build_array(jsonb_build_object('type', 'text', 'text', said.text)), case when incoming then 'received' else 'read' end,
       'x' || i, said.at, said.at, said.words
     from said join conversations c on c.workspace_id = ${workspace} and c.id = v join contacts p on p.workspace_id = ${workspace} and p.id = v
     order by i`,
    [from, to],
  )
}

async function finish(db: pg.Client): Promise<void> {
  await db.query(`update conversations c set active_at = m.at, last_in_at = m.at, last_message = jsonb_build_object('id', m.id::text,
      'direction', m.direction, 'author', coalesce(m.author_name, ''), 'kind', 'text', 'text', left(m.parts -> 0 ->> 'text', 160), 'status', m.status,
      'at', to_char(m.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
    status = case when c.id % 12 = 0 then 'open' else 'closed' end,
    assignee_id = case when c.id % 24 = 0 then (select id from agents order by id offset c.id / 24 % 10 limit 1) end,
    unread = case when c.id % 36 = 0 then 2 else 0 end
    from (select distinct on (conversation_id) * from messages order by conversation_id, at desc) m where m.conversation_id = c.id`)
  await db.query(`insert into notes (workspace_id, conversation_id, agent_id, author_name, text, at, words)
    select ${workspace}, m.conversation_id, 1, 'Agent 1', p.text, m.at + interval '1 minute', p.words
    from messages m join phrase p on p.lang = 0 and p.n = 1 + m.id % ${phraseCount} where m.id % 33 = 0`)
  await db.query(`insert into assignments (workspace_id, conversation_id, agent_id, by_type, by_name, cause, at)
    select ${workspace}, conversation_id, 1, 'agent', 'Agent 1', 'by hand', at from messages where id % 20 = 1`)
  await db.query(`insert into closures (workspace_id, conversation_id, closed, by_type, by_name, cause, at)
    select ${workspace}, conversation_id, id % 2 = 0, 'agent', 'Agent 1', 'by hand', at from messages where id % 11 = 0`)
  for (const table of ['contacts', 'conversations', 'messages'])
    await db.query(`select setval(pg_get_serial_sequence('${table}', 'id'), (select max(id) from ${table}))`)
}
