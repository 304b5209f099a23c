-- Searching within the seal. docs/decisions/search.md has the reasons and the measurements.
--
-- The operators of text search (@@ and like) are not "leakproof", so PostgreSQL checks the policy of a sealed table
-- before them, row by row, and uses no index on words: a search read whole tables, 600 ms at a million messages.
-- The functions below look with their owner's rights and do the sealing themselves: they see the one workspace that the
-- transaction named, and give out ids only; the rows are read under the policy again.

-- The letters of a text and its pairs of letters. Not pg_trgm: with lc_ctype C, as in the database inside, it knows no
-- letters but a to z, and two signs are a whole name in Chinese.
create function grams(t text) returns text[]
  language sql immutable strict parallel safe
  as $$ select array(select distinct substr(t, i, n) from generate_series(1, length(t)) i, generate_series(1, 2) n) $$;

drop index contacts_by_name;
drop index identities_by_words;
create index contacts_by_name on contacts using gin (grams(lower(name)));
create index identities_by_words on identities using gin (grams(lower(address || ' ' || coalesce(username, ''))));

-- What must be among the grams of every text that holds t.
create function grams_within(t text) returns text[]
  language sql immutable strict parallel safe
  as $$ select case when length(t) < 2 then array[t]
    else array(select distinct substr(t, i, 2) from generate_series(1, length(t) - 1) i) end $$;

create function as_like(t text) returns text
  language sql immutable strict parallel safe
  return '%' || regexp_replace(t, '([\\%_])', '\\\1', 'g') || '%';

-- Contacts whose name, address or username holds what was typed (lower case), or whose address holds the digits of it.
create function find_contacts(typed text, digits text, most integer) returns setof bigint
  language plpgsql volatile security definer rows 100
  set search_path = public, pg_temp
  set enable_seqscan = off -- else the planner hopes to meet enough of them soon, and then reads all
  set enable_indexscan = off
as $$
declare
  workspace constant bigint := nullif(current_setting('parley.workspace', true), '')::bigint;
begin
  return query
    (select id from contacts where workspace_id = workspace
       and grams(lower(name)) @> grams_within(typed) and lower(name) like as_like(typed) limit most)
    union (select contact_id from identities where workspace_id = workspace
       and grams(lower(address || ' ' || coalesce(username, ''))) @> grams_within(typed)
       and lower(address || ' ' || coalesce(username, '')) like as_like(typed) limit most)
    union (select contact_id from identities where workspace_id = workspace
       and grams(lower(address || ' ' || coalesce(username, ''))) @> grams_within(digits)
       and lower(address || ' ' || coalesce(username, '')) like as_like(digits) limit most);
end $$;

-- Messages, the newest first. A word said often has enough hits among the newest 10,000; for all others the index tells.
-- More than 5,000 hits are not all considered: those would be words that were said often once, and rarely of late.
create function find_messages(query tsquery, most integer) returns setof bigint
  language plpgsql volatile security definer rows 100
  set search_path = public, pg_temp
  set enable_seqscan = off
  set enable_indexscan = on -- so that the change below ends with the function
as $$
declare
  workspace constant bigint := nullif(current_setting('parley.workspace', true), '')::bigint;
  found bigint[];
begin
  found := array(select id from (select id, words from messages where workspace_id = workspace order by id desc limit 10000) m
    where words @@ query limit most);
  if cardinality(found) < most then
    -- Else a query that the planner thinks common, and nothing matches, walks over all messages.
    perform set_config('enable_indexscan', 'off', true);
    found := array(select id from (select id from messages where workspace_id = workspace and words @@ query limit 5000) m
      union select unnest(found));
  end if;
  return query select id from messages m where m.workspace_id = workspace and m.id = any(found) order by m.at desc limit most;
end $$;

revoke execute on function find_messages, find_contacts from public;
grant execute on function find_messages, find_contacts to parley_api;
