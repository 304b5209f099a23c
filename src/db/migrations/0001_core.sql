-- The bones. workspace_id leads every key, so that the schema can be sharded by it and sealed by row-level security.

create extension if not exists pg_trgm;

-- English and Russian stems in one configuration; Finnish words pass unstemmed and are met by prefix search.
create text search configuration parley (copy = pg_catalog.russian);

do $$ begin
  if not exists (select from pg_roles where rolname = 'parley_api') then
    create role parley_api nologin;
  end if;
exception when duplicate_object or unique_violation then null; -- another database of this cluster migrates now
end $$;
do $$ begin execute format('grant parley_api to %I', current_user); exception when others then null; end $$;

create table workspaces (
  id bigint generated always as identity primary key,
  slug text not null unique,
  name text not null,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now()
);

-- The sequence of what open screens were told. The row is locked last in a transaction, so numbers become
-- visible in the order they were taken and never with a hole.
create table live_heads (
  workspace_id bigint primary key references workspaces (id),
  seq bigint not null default 0
) with (fillfactor = 10);

create table changes (
  workspace_id bigint not null references workspaces (id),
  seq bigint not null,
  -- Only which things changed: whoever catches up gets their state of now.
  refs jsonb not null,
  at timestamptz not null default now(),
  primary key (workspace_id, seq)
);
create index changes_by_age on changes (at);

create table agents (
  workspace_id bigint not null references workspaces (id),
  id bigint generated always as identity,
  email text not null,
  name text not null,
  role text not null check (role in ('owner', 'admin', 'agent')),
  password_hash text,
  locale text,
  theme text,
  created_at timestamptz not null default now(),
  disabled_at timestamptz,
  primary key (workspace_id, id)
);
create unique index agents_by_email on agents (workspace_id, lower(email));

create table sessions (
  workspace_id bigint not null,
  token_hash bytea not null,
  agent_id bigint not null,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (workspace_id, token_hash),
  foreign key (workspace_id, agent_id) references agents (workspace_id, id)
);
create unique index sessions_by_token on sessions (token_hash);

create table one_time_links (
  workspace_id bigint not null,
  token_hash bytea not null,
  agent_id bigint not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (workspace_id, token_hash),
  foreign key (workspace_id, agent_id) references agents (workspace_id, id)
);
create unique index one_time_links_by_token on one_time_links (token_hash);

create table api_keys (
  workspace_id bigint not null references workspaces (id),
  id bigint generated always as identity,
  name text not null,
  key_hash bytea not null,
  hint text not null,
  created_by bigint,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  revoked_at timestamptz,
  primary key (workspace_id, id)
);
create unique index api_keys_by_hash on api_keys (key_hash);

create table channels (
  workspace_id bigint not null references workspaces (id),
  id bigint generated always as identity,
  kind text not null,
  name text not null,
  -- AES-256-GCM over the JSON of all settings; nothing of it is readable in a dump.
  settings bytea not null,
  -- 'on', 'off' (kept, not used) or 'reconnect' (the provider refused our credentials).
  state text not null default 'on' check (state in ('on', 'off', 'reconnect')),
  account text,
  created_at timestamptz not null default now(),
  removed_at timestamptz,
  primary key (workspace_id, id)
);
create unique index channels_by_id on channels (id);

create table channel_health (
  workspace_id bigint not null,
  channel_id bigint not null,
  last_in_at timestamptz,
  last_out_at timestamptz,
  last_rejected_at timestamptz,
  last_rejection text,
  last_failure_at timestamptz,
  last_failure text,
  notice text,
  notice_level text,
  notice_at timestamptz,
  primary key (workspace_id, channel_id),
  foreign key (workspace_id, channel_id) references channels (workspace_id, id) on delete cascade
);

create table channel_traffic (
  workspace_id bigint not null,
  channel_id bigint not null,
  hour timestamptz not null,
  received bigint not null default 0,
  sent bigint not null default 0,
  failed bigint not null default 0,
  rejected bigint not null default 0,
  unsupported bigint not null default 0,
  primary key (workspace_id, channel_id, hour),
  foreign key (workspace_id, channel_id) references channels (workspace_id, id) on delete cascade
);

-- Raw incoming requests, exactly as they came. state: 0 new, 1 done, 2 quarantined.
create table deliveries (
  workspace_id bigint not null,
  id bigint generated always as identity,
  channel_id bigint not null,
  received_at timestamptz not null default now(),
  state smallint not null default 0,
  method text not null,
  query jsonb,
  headers jsonb,
  body bytea not null,
  error text,
  -- No foreign key: checking one per webhook costs the door a tenth, and channels are never deleted, only marked.
  primary key (workspace_id, id)
);
create index deliveries_new on deliveries (channel_id, id) where state = 0;
create index deliveries_quarantined on deliveries (workspace_id, id) where state = 2;
create index deliveries_by_time on deliveries using brin (received_at);

create table contacts (
  workspace_id bigint not null references workspaces (id),
  id bigint generated always as identity,
  name text not null,
  -- True once a person typed the name: look-ups and webhooks then leave it alone.
  named boolean not null default false,
  phone text,
  email text,
  language text,
  avatar_url text,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id)
);
create index contacts_by_name on contacts using gin (lower(name) gin_trgm_ops);

create table conversations (
  workspace_id bigint not null,
  id bigint generated always as identity,
  channel_id bigint not null,
  contact_id bigint not null,
  -- Where answers go now; every address that ever led here is in identities.
  address text not null,
  status text not null default 'open' check (status in ('open', 'snoozed', 'closed')),
  assignee_id bigint,
  unread integer not null default 0,
  opted_out boolean not null default false,
  -- The last customer's message by the provider's clock: the window is counted from here.
  last_in_at timestamptz,
  -- The first customer's message nobody answered yet.
  waiting_since timestamptz,
  -- Orders the list: server time of the last thing said.
  active_at timestamptz not null default now(),
  last_message jsonb,
  typing_until timestamptz,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, channel_id) references channels (workspace_id, id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id),
  foreign key (workspace_id, assignee_id) references agents (workspace_id, id)
);
create index conversations_by_activity on conversations (workspace_id, active_at desc, id desc);
create index conversations_open on conversations (workspace_id, active_at desc, id desc) where status = 'open';
create index conversations_of_agent on conversations (workspace_id, assignee_id, active_at desc, id desc) where status = 'open';
create index conversations_of_contact on conversations (workspace_id, contact_id);

create table identities (
  workspace_id bigint not null,
  channel_id bigint not null,
  address text not null,
  contact_id bigint not null,
  conversation_id bigint not null,
  username text,
  created_at timestamptz not null default now(),
  primary key (workspace_id, channel_id, address),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id),
  foreign key (workspace_id, conversation_id) references conversations (workspace_id, id)
);
create index identities_of_contact on identities (workspace_id, contact_id);
create index identities_by_words on identities using gin ((lower(address || ' ' || coalesce(username, ''))) gin_trgm_ops);

create table messages (
  workspace_id bigint not null,
  id bigint generated always as identity,
  conversation_id bigint not null,
  channel_id bigint not null,
  direction text not null check (direction in ('in', 'out')),
  author_type text not null check (author_type in ('contact', 'agent', 'bot', 'system')),
  author_id bigint,
  author_name text,
  parts jsonb not null,
  status text not null,
  failure jsonb,
  external_id text,
  reply_to bigint,
  -- The provider's time (never later than our own), with its running number to break ties: the order of the thread.
  at timestamptz not null,
  tie bigint not null default 0,
  created_at timestamptz not null default now(),
  client_id text,
  edited_at timestamptz,
  deleted_at timestamptz,
  reactions jsonb,
  meta jsonb,
  words tsvector,
  -- No foreign key to conversations: checking it was 45 % of the price of storing a message (measured: 49 against 27 microseconds
  -- a row in batches of 400), as each check locks the conversation's row. Conversations are never deleted.
  primary key (workspace_id, id)
);
create unique index messages_by_external_id on messages (workspace_id, channel_id, external_id) where external_id is not null;
create index messages_of_conversation on messages (workspace_id, conversation_id, at desc, tie desc, id desc);
create unique index messages_by_client_id on messages (workspace_id, conversation_id, client_id) where client_id is not null;
create index messages_by_words on messages using gin (words);

-- What one provider call carries. A message without pieces came in.
create table pieces (
  workspace_id bigint not null,
  message_id bigint not null,
  n smallint not null,
  channel_id bigint not null,
  piece jsonb not null,
  status text not null default 'queued',
  -- Our key for the provider's idempotency, new with every "send again".
  key text not null,
  attempts integer not null default 0,
  external_id text,
  failure jsonb,
  sent_at timestamptz,
  primary key (workspace_id, message_id, n),
  foreign key (workspace_id, message_id) references messages (workspace_id, id)
);
create unique index pieces_by_external_id on pieces (workspace_id, channel_id, external_id) where external_id is not null;

create unique index pieces_by_key on pieces (workspace_id, key);

-- Every receipt as it was heard, also before we know the piece it speaks of.
create table receipts (
  workspace_id bigint not null,
  channel_id bigint not null,
  external_id text not null,
  status text not null,
  at timestamptz not null,
  failure jsonb,
  applied boolean not null default false,
  primary key (workspace_id, channel_id, external_id, status)
);
create index receipts_unapplied on receipts (at) where not applied;

-- Edits, deletions, reactions and quotes, also those that overtook the message they speak of.
create table amendments (
  workspace_id bigint not null,
  channel_id bigint not null,
  event_id text not null,
  of text not null,
  kind text not null check (kind in ('edited', 'deleted', 'reaction', 'quote')),
  payload jsonb not null,
  address text,
  at timestamptz not null,
  applied boolean not null default false,
  primary key (workspace_id, channel_id, event_id)
);
create index amendments_unapplied on amendments (workspace_id, channel_id, of) where not applied;

create table message_versions (
  workspace_id bigint not null,
  message_id bigint not null,
  at timestamptz not null,
  parts jsonb not null,
  primary key (workspace_id, message_id, at),
  foreign key (workspace_id, message_id) references messages (workspace_id, id)
);

create table notes (
  workspace_id bigint not null,
  id bigint generated always as identity,
  conversation_id bigint not null,
  agent_id bigint,
  author_name text not null,
  text text not null,
  client_id text,
  at timestamptz not null default now(),
  words tsvector,
  primary key (workspace_id, id),
  foreign key (workspace_id, conversation_id) references conversations (workspace_id, id)
);
create index notes_of_conversation on notes (workspace_id, conversation_id, at desc, id desc);
create unique index notes_by_client_id on notes (workspace_id, conversation_id, client_id) where client_id is not null;
create index notes_by_words on notes using gin (words);

-- agent_id null: nobody any more.
create table assignments (
  workspace_id bigint not null,
  id bigint generated always as identity,
  conversation_id bigint not null,
  agent_id bigint,
  by_type text not null,
  by_id bigint,
  by_name text not null,
  cause text not null,
  at timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, conversation_id) references conversations (workspace_id, id)
);
create index assignments_of_conversation on assignments (workspace_id, conversation_id, at desc, id desc);

create table closures (
  workspace_id bigint not null,
  id bigint generated always as identity,
  conversation_id bigint not null,
  closed boolean not null,
  by_type text not null,
  by_id bigint,
  by_name text not null,
  cause text not null,
  at timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, conversation_id) references conversations (workspace_id, id)
);
create index closures_of_conversation on closures (workspace_id, conversation_id, at desc, id desc);

create table consents (
  workspace_id bigint not null,
  id bigint generated always as identity,
  contact_id bigint not null,
  channel_id bigint not null,
  given boolean not null,
  purpose text not null,
  event_id text not null,
  at timestamptz not null,
  primary key (workspace_id, id),
  unique (workspace_id, channel_id, event_id),
  foreign key (workspace_id, contact_id) references contacts (workspace_id, id)
);
create index consents_of_contact on consents (workspace_id, contact_id, at desc);

create table media (
  workspace_id bigint not null,
  id bigint generated always as identity,
  channel_id bigint,
  message_id bigint,
  part smallint,
  ref text,
  state text not null default 'pending' check (state in ('pending', 'ready', 'failed')),
  storage_key text,
  sha256 text,
  bytes bigint,
  mime text,
  name text,
  width integer,
  height integer,
  failure text,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id)
);
create index media_of_message on media (workspace_id, message_id);

create table idempotency_keys (
  workspace_id bigint not null references workspaces (id),
  key text not null,
  request_hash text not null,
  status smallint,
  response jsonb,
  at timestamptz not null default now(),
  primary key (workspace_id, key)
);

create table audit (
  workspace_id bigint not null references workspaces (id),
  id bigint generated always as identity,
  actor_type text not null,
  actor_id bigint,
  actor_name text not null,
  action text not null,
  target text,
  detail jsonb,
  at timestamptz not null default now(),
  primary key (workspace_id, id)
);

-- Row-level security: the role the API works under sees one workspace, the one its transaction named.
do $$ declare t text; begin
  for t in select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
           where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace and a.attname = 'workspace_id' and not a.attisdropped
  loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy sealed on %I to parley_api using (workspace_id = nullif(current_setting(''parley.workspace'', true), '''')::bigint)', t);
    execute format('grant select, insert, update, delete on %I to parley_api', t);
  end loop;
end $$;
alter table workspaces enable row level security;
create policy sealed on workspaces to parley_api using (id = nullif(current_setting('parley.workspace', true), '')::bigint);
grant select, update on workspaces to parley_api;
grant usage on all sequences in schema public to parley_api;
grant usage on schema public to parley_api;
