-- Counts what administrators changed in a channel's settings. Connections and tokens made with an older revision are
-- worth nothing; what the provider itself renewed in them (a rotated refresh token) leaves the number as it is.
alter table channels add column revision integer not null default 0;
