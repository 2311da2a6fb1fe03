import type { Row } from './row.ts'

const drops = 'It drops or empties a database, or a part of one.'

/** Databases, queues and searches, by their own tools and over HTTP. */
export const databaseRows: readonly Row[] = [
  {
    action: 'database_drop',
    of: 'nats',
    words: /^(stream|str|s|kv|object|obj|consumer|con) (purge|rm|del|delete|rmm)\b/,
    because: 'It empties or removes a stream.',
  },
  { action: 'database_drop', of: 'echo printf', words: /flush_?(all|db).*\/dev\/(tcp|udp)\//i, because: drops },
  {
    action: 'database_drop',
    of: 'influx',
    words:
      /^(bucket|bucket-schema|org|user|v1 dbrp) delete\b|^delete\b|\bdrop (series|shard|retention|continuous|subscription)\b|^restore\b.*--full/i,
    because: drops,
  },
  {
    action: 'database_drop',
    of: 'redis-cli valkey-cli keydb-cli',
    words:
      /redis\.p?call\(\s*['"]flush(all|db)|\bdebug (segfault|restart|jmap)\b|\bcluster (reset|flushslots)\b|\breplicaof\b(?! no one)\s+\S+\s+\d|\bscript flush\b.*nothing/i,
    because: drops,
  },
  {
    action: 'database_drop',
    of: 'redis-cli valkey-cli keydb-cli',
    words:
      /--cluster (del-node|reshard|set-timeout|create)\b|\bconfig set (save\s*("|'|$)|appendonly no|requirepass\s*$|dir\b|dbfilename\b)|\bacl (deluser|load)\b|\bcluster (forget|reset|failover|flushslots|delslots)|\bfunction (flush|delete)\b|\bclient kill\b(?! id)|\bswapdb\b|\bxgroup destroy\b|\b(ltrim|xtrim)\b|\bfailover\b|\bshutdown\b/i,
    unless: /--cluster create \S+ \S+ \S+/,
    fed: true,
    because: drops,
  },
  {
    action: 'database_drop',
    of: 'psql',
    words:
      /\bpg_drop_replication_slot\b|\brevoke all\b|\bpg_(wal_replay_pause|promote|switch_wal_drop)\b|\balter system reset\b|\breassign owned\b|\bdrop owned\b|\balter (role|user) \S+ (nologin|password null)|\balter table \S+ (disable (trigger all|row level)|set unlogged|drop constraint|drop column|detach partition)/i,
    fed: true,
    because: 'It takes away what the database, or others, go on with.',
  },
  {
    action: 'database_drop',
    of: 'psql mysql mariadb sqlcmd sqlplus',
    words:
      /\bexec(ute)?(\s+immediate)?\b[^;]*('\s*(\|\||\+)\s*'|\bconcat\s*\(|\bchr\s*\()|\bprepare\b[^;]*\bconcat\s*\(/i,
    fed: true,
    because: 'It runs a statement that it puts together, so that nobody can read it.',
  },
  {
    action: 'bulk_process_kill',
    of: 'psql',
    words: /\bpg_terminate_backend\s*\([^)]*\)(?![\s\S]*\bwhere\b)/i,
    unless: /pg_terminate_backend\s*\(\s*\d+\s*\)/i,
    fed: true,
    because: 'It ends every session of the database.',
  },
  {
    action: 'database_drop',
    of: 'rabbitmqadmin',
    words: /^(delete|purge)\b/,
    because: 'It empties or removes a queue.',
  },
  {
    action: 'database_drop',
    of: 'kafka-delete-records kafka-delete-records.sh',
    words: /^/,
    because: 'It empties a topic.',
  },
  { action: 'database_drop', of: 'kafka-storage.sh kafka-storage', words: /\bformat\b/, because: drops },
  {
    action: 'database_drop',
    of: 'rpk kcat kaf',
    words: /\btopics? (delete|rm)\b|\bredpanda.*wipe\b/,
    because: 'It removes a topic.',
  },
  { action: 'database_drop', of: 'bq', words: /\brm\b.*(-r|-f|-d|-t)\b/, because: drops },
  {
    action: 'database_drop',
    of: 'cypher-shell neo4j-admin',
    words: /detach delete|drop database|database delete/i,
    because: drops,
  },
  {
    action: 'database_drop',
    of: 'nodetool',
    words: /^(clearsnapshot|decommission|removenode|assassinate|truncatehints)\b/,
    because: 'It removes a node or its snapshots.',
  },
  { action: 'database_drop', of: 'supabase', words: /^db reset\b/, because: drops },
  { action: 'database_drop', of: 'mix', words: /\becto\.(drop|reset)\b/, because: drops },
  { action: 'database_drop', of: 'dotnet', words: /\bef database drop\b|\bef database update 0\b/, because: drops },
  {
    action: 'database_drop',
    of: 'php console symfony',
    words: /\bdoctrine:(database:drop|schema:drop|fixtures:load)\b(?!.*--append)/,
    because: drops,
  },
  {
    action: 'database_drop',
    of: 'sqlx diesel dbmate goose migrate alembic',
    words: /^database (drop|reset)\b|^(drop|reset)\b|\bdrop -f\b|^downgrade base\b|(^|\s)drop(\s|$)/,
    because: drops,
  },
  {
    action: 'database_drop',
    of: 'yarn pnpm npm bunx pnpx',
    words: /\b(prisma )?migrate reset\b|\b(db:drop|schema:drop)\b|\bdrizzle-kit drop\b/,
    because: drops,
  },
  {
    action: 'database_drop',
    of: 'zkCli.sh zkcli zookeeper-shell zookeeper-shell.sh',
    words: /(^|\s)(deleteall|rmr|delete\s+\/\s*$)(\s|$)/,
    fed: true,
    because: 'It removes a tree of what other services stand on.',
  },
  {
    action: 'database_drop',
    of: 'rman',
    words:
      /\bdelete\b(?!.*\b(obsolete|expired)\b).*\b(backup|backupset|archivelog|copy)\b|\bdrop\s+(database|catalog)\b/i,
    fed: true,
    because: 'It removes the backups of a database, or the database.',
  },
  { action: 'database_drop', of: 'mongofiles', words: /\b(delete|delete_id)\b/, because: drops },
  {
    action: 'database_drop',
    of: 'etcdctl etcdutl',
    words: /\bmember remove\b|\bsnapshot restore\b/,
    because: 'It changes who holds the data, or replaces it.',
  },
  {
    action: 'database_drop',
    of: 'consul',
    words: /\bkv delete\b.*(-recurse|--recurse)|\bsnapshot restore\b|\bforce-leave\b/,
    because: drops,
  },
  {
    action: 'database_drop',
    of: 'vault bao',
    words:
      /^(secrets disable|auth disable|kv (metadata delete|destroy)|operator (seal|rekey -cancel)|lease revoke .*-prefix)\b/,
    because: 'It removes secrets, or shuts them away.',
  },
  {
    action: 'database_drop',
    of: 'pg_ctlcluster',
    words: /\bstop\b.*-m\s*i/,
    because: 'It stops a database without saving.',
  },
  {
    action: 'database_drop',
    of: 'slapadd ldapmodify ldapdelete',
    words: /(^|\s)-\w*r\b|changetype: delete/,
    because: drops,
  },
  { action: 'database_drop', of: 'mysql_install_db mariadb-install-db', words: /--force/, because: drops },
  { action: 'database_drop', of: 'promtool', words: /\btsdb (delete|clean)\b/, because: drops },
  {
    action: 'database_drop',
    of: 'gitlab-rake gitlab-ctl',
    words: /\b(gitlab:setup|db:(drop|reset)|cleanse|reset-\w+|pg-\w+ remove)\b/,
    because: drops,
  },
]
