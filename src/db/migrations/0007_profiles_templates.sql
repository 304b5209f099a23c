-- When the network was last asked who somebody is. Not indexed: it is looked at with the contact's row only.
alter table contacts add column looked_up_at timestamptz;

-- Texts approved by the network, as it listed them last.
create table channel_templates (
  workspace_id bigint not null,
  channel_id bigint not null,
  name text not null,
  language text not null,
  category text not null,
  status text not null check (status in ('approved', 'pending', 'rejected', 'paused')),
  body text not null,
  "values" smallint not null,
  primary key (workspace_id, channel_id, name, language),
  foreign key (workspace_id, channel_id) references channels (workspace_id, id) on delete cascade
);
alter table channel_health add column templates_at timestamptz;

alter table channel_templates enable row level security;
create policy sealed on channel_templates to parley_api
  using (workspace_id = nullif(current_setting('parley.workspace', true), '')::bigint);
grant select, insert, update, delete on channel_templates to parley_api;
