-- For channels that are polled, kept open or need short-lived tokens.

create table channel_tokens (
  workspace_id bigint not null,
  channel_id bigint not null,
  name text not null,
  -- Sealed like the settings.
  value bytea not null,
  expires_at timestamptz not null,
  primary key (workspace_id, channel_id, name),
  foreign key (workspace_id, channel_id) references channels (workspace_id, id) on delete cascade
);

-- Where listening goes on. Sealed, as some cursors hold keys.
create table channel_cursors (
  workspace_id bigint not null,
  channel_id bigint not null,
  value bytea not null,
  primary key (workspace_id, channel_id),
  foreign key (workspace_id, channel_id) references channels (workspace_id, id) on delete cascade
);

-- Which process listens to a channel, and until when it may without saying so again.
create table channel_listeners (
  workspace_id bigint not null,
  channel_id bigint not null,
  owner text not null,
  until timestamptz not null,
  primary key (workspace_id, channel_id),
  foreign key (workspace_id, channel_id) references channels (workspace_id, id) on delete cascade
);

alter table channel_health add column tended_at timestamptz;

do $$ declare t text; begin
  foreach t in array array['channel_tokens', 'channel_cursors', 'channel_listeners'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy sealed on %I to parley_api using (workspace_id = nullif(current_setting(''parley.workspace'', true), '''')::bigint)', t);
    execute format('grant select, insert, update, delete on %I to parley_api', t);
  end loop;
end $$;
