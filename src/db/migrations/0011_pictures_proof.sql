-- Our own copy of the account's picture.
alter table channels add column picture_url text;

alter table channel_health
  -- The last call of the provider that was verified, also one that brought no event. Written once a minute at most.
  add column reached_at timestamptz,
  -- Since when the connection of a channel that listens itself stands; null while it does not.
  add column connected_at timestamptz;
