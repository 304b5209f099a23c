-- Ordered jobs. docs: src/jobs/queue.ts (putting in), src/jobs/worker.ts (running).
--
-- The primary key is led by workspace_id as everywhere, although workers read by lane over all workspaces. Measured against
-- primary key (lane, id) with no second index (40,000 jobs, four alternating rounds, medians): about 10 % fewer jobs
-- put in and taken out per second, no more than the rounds scatter; sealed and shardable rows are worth that. A single key (workspace_id, lane, id) read by
-- skip scan was 20 times slower.
create table jobs (
  workspace_id bigint not null,
  id bigint generated always as identity,
  lane smallint not null check (lane between 0 and 63),
  -- 0 ready: not looked at yet. 1 head: the job its key waits for (it failed, or is meant for later, or its key has a
  -- long queue). 2 behind: stands behind the head of its key. A key with jobs behind always has a head.
  place smallint not null default 0,
  lane_of text not null,
  key text not null,
  task text not null,
  payload jsonb not null,
  -- null: at once. Not "default now()": with a worker's clock behind the database's, each new job would seem to lie ahead.
  run_at timestamptz,
  attempts smallint not null default 0, -- failures that count towards the limit
  runs integer not null default 0,      -- all recorded runs without success, also those that asked to be run later
  last_error text,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);

create index jobs_ready on jobs (lane, id) where place = 0;
create index jobs_head_due on jobs (lane, run_at) where place = 1;
create index jobs_head_key on jobs (lane, workspace_id, key) where place = 1;
create index jobs_behind on jobs (lane, workspace_id, key, id) where place = 2;

-- Who may run a lane's jobs. Every claim raises the epoch, and every write about a job names the epoch it was read under.
create table job_lanes (
  lane smallint primary key,
  owner text,
  lease_until timestamptz,
  epoch bigint not null default 0
);
insert into job_lanes (lane) select generate_series(0, 63);

-- Living workers, so that each takes its fair share of the lanes.
create table job_workers (
  owner text primary key,
  alive_until timestamptz not null
);

create table dead_jobs (
  workspace_id bigint not null,
  id bigint not null,
  lane_of text not null,
  key text not null,
  task text not null,
  payload jsonb not null,
  attempts smallint not null,
  runs integer not null,
  last_error text not null,
  created_at timestamptz not null,
  died_at timestamptz not null default now(),
  primary key (workspace_id, id)
);

-- The last tick of each repeating task that some worker took.
create table job_ticks (
  name text not null,
  tick bigint not null,
  owner text not null,
  taken_at timestamptz not null default now(),
  primary key (name, tick)
);

-- A security definer, because row locks need the right to update, which the API's role must not have here.
create function hold_job_lane(which smallint, expected bigint) returns boolean
  language sql volatile security definer set search_path = public, pg_temp
  as 'select exists (select from job_lanes where lane = which and epoch = expected for share)';

-- The API's role puts jobs in and asks for retries within its workspace; workers use the owner's role.
do $$ declare t text; begin
  foreach t in array array['jobs', 'dead_jobs'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy sealed on %I to parley_api using (workspace_id = nullif(current_setting(''parley.workspace'', true), '''')::bigint)', t);
    execute format('grant select, insert, update, delete on %I to parley_api', t);
  end loop;
end $$;
