-- What each worker process last said of itself. A worker that has not spoken for a minute is gone.
create table workers (
  identity text primary key,
  pool jsonb not null,
  reported_at timestamptz not null default clock_timestamp()
);
