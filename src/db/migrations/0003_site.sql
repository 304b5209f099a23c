-- Visitors of the website chat. A token is known by its hash only; one address may have several (phone and laptop).
create table visitors (
  workspace_id bigint not null,
  channel_id bigint not null,
  token_hash bytea not null,
  address text not null,
  -- The anonymous address before the site said who it is: its conversation goes on until `moved` is received.
  earlier text,
  verified boolean not null default false,
  name text,
  email text,
  phone text,
  language text,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  primary key (workspace_id, channel_id, token_hash),
  foreign key (workspace_id, channel_id) references channels (workspace_id, id) on delete cascade
);
create index visitors_by_seen on visitors (seen_at);

alter table visitors enable row level security;
create policy sealed on visitors to parley_api
  using (workspace_id = nullif(current_setting('parley.workspace', true), '')::bigint);
grant select, insert, update, delete on visitors to parley_api;
