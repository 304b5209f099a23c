-- Connecting an account by signing in at its provider: from the way there until the accounts are chosen.
create table sign_ins (
  workspace_id bigint not null references workspaces (id),
  -- What the browser brings back; only its hash is kept.
  state_hash bytea not null,
  agent_id bigint,
  kind text not null,
  name text not null,
  -- The channel that is connected anew; null makes new ones.
  channel_id bigint,
  -- Sealed: settings given before, and what may be connected.
  given bytea not null,
  accounts bytea,
  expires_at timestamptz not null,
  primary key (workspace_id, state_hash)
);
alter table sign_ins enable row level security;
create policy sealed on sign_ins to parley_api
  using (workspace_id = nullif(current_setting('parley.workspace', true), '')::bigint);
grant select, insert, update, delete on sign_ins to parley_api;
