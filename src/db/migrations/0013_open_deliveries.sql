-- What is still to be done with a delivery stands in a row of its own, taken away when it is done. Marking the delivery
-- itself wrote all of it a second time, body and all, and left the first to be cleaned away.
create table open_deliveries (
  workspace_id bigint not null,
  channel_id bigint not null,
  delivery_id bigint not null,
  -- True: it could not be read and waits for somebody to run it again.
  quarantined boolean not null default false,
  error text,
  primary key (workspace_id, channel_id, delivery_id)
);

insert into open_deliveries (workspace_id, channel_id, delivery_id, quarantined, error)
  select workspace_id, channel_id, id, state = 2, error from deliveries where state <> 1;

create index open_deliveries_quarantined on open_deliveries (workspace_id, channel_id, delivery_id) where quarantined;

drop index deliveries_new;
drop index deliveries_quarantined;
alter table deliveries drop column state, drop column error;
-- Nobody looks for a body by its value; sorting thousands of them to know which are frequent costs whoever writes.
alter table deliveries alter column body set statistics 0, alter column headers set statistics 0, alter column query set statistics 0;

alter table open_deliveries enable row level security;
create policy sealed on open_deliveries to parley_api
  using (workspace_id = nullif(current_setting('parley.workspace', true), '')::bigint);
grant select, insert, update, delete on open_deliveries to parley_api;
