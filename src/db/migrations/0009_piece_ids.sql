-- All ids of a piece that its network gave several: the parts of a long SMS, an album. Each has receipts of its own. A
-- piece with one id has no row here.
create table piece_ids (
  workspace_id bigint not null,
  channel_id bigint not null,
  external_id text not null,
  message_id bigint not null,
  n smallint not null,
  -- The piece's key when it went out: what was sent again counts by its new ids, the old ones still lead to the message.
  key text not null,
  status text not null default 'sent',
  primary key (workspace_id, channel_id, external_id),
  foreign key (workspace_id, message_id, n) references pieces (workspace_id, message_id, n)
);
create index piece_ids_of_piece on piece_ids (workspace_id, message_id, n);

alter table piece_ids enable row level security;
create policy sealed on piece_ids to parley_api
  using (workspace_id = nullif(current_setting('parley.workspace', true), '')::bigint);
grant select, insert, update, delete on piece_ids to parley_api;
