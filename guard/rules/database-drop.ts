import type { Call } from '../reading/call.ts'
import { isDynamic, readable } from '../reading/marks.ts'
import { hasAny, readOptions } from '../reading/options.ts'
import { isDrop, isDump, ofAll, sql, toldByName } from './drops.ts'
import type { Rule } from './rule.ts'

const sqlClients = [
  'mysql',
  'mariadb',
  'psql',
  'sqlite3',
  'sqlcmd',
  'clickhouse-client',
  'clickhouse',
  'cockroach',
  'sqlplus',
  'isql',
  'tsql',
  'duckdb',
  'usql',
  'pgcli',
  'mycli',
  'cqlsh',
  'influx',
  'bq',
  'snowsql',
  'isql-fb',
  'db2',
  'turso',
  'wrangler',
  'spanner-cli',
]

const inUse = /(^|[-_.=])(prod(uction)?|live)([-_.]|$)/i
const mongo =
  /\b(dropDatabase|dropAllUsers|deleteMany\s*\(\s*\{\s*\}|remove\s*\(\s*\{\s*\}|shutdownServer|dropIndexes)|\brs\.remove\s*\(|\bsh\.removeShard\s*\(|\bshutdown['"]?\s*:\s*1|\.drop\s*\(|\bdb\.dropUser/
const redis = /^(flushall|flushdb|shutdown|swapdb)$/i

export const databaseDrop: Rule = {
  action: 'database_drop',
  programs: [
    ...sqlClients,
    'dropdb',
    'dropuser',
    'mysqladmin',
    'mariadb-admin',
    'mongo',
    'mongosh',
    'redis-cli',
    'valkey-cli',
    'keydb-cli',
    'memcached',
    'pg_dropcluster',
    'initdb',
    'pg_resetwal',
    'pg_ctl',
    'rails',
    'rake',
    'bundle',
    'php',
    'python',
    'python3',
    'artisan',
    'npx',
    'prisma',
    'curl',
    'mongorestore',
    'pg_restore',
    'etcdctl',
    'consul',
    'nc',
    'ncat',
    'rabbitmqctl',
    'kafka-topics.sh',
    'kafka-topics',
    'vault',
    'patronictl',
    'django-admin',
    'knex',
    'sequelize',
    'typeorm',
    'flyway',
    'liquibase',
    'bin/rails',
    'wp',
    'occ',
    'drush',
    'manage.py',
    'nodetool',
    'ldapdelete',
    'elasticsearch-node',
    'rethinkdb',
    'aws',
    'sh',
  ],
  match(call) {
    const because = reasonOf(call)
    if (because === null) return null
    const { rest } = readOptions(call.args, {
      short: 'hUpPudDe',
      long: ['host', 'port', 'user', 'username', 'dbname', 'database', 'execute', 'eval', 'command'],
    })
    return {
      because,
      targets: /^(dropdb|pg_dropcluster|dropuser)$/.test(call.name) ? rest.map((arg) => readable(arg.text)) : [],
    }
  },
  act: ({ targets }) => (targets.length === 0 ? 'drop or empty this database' : `drop database ${targets.join(', ')}`),
  risk: 'high',
  things: 'databases',
  downtime: 'until restored from backup',
  rollback: false,
  advice: ({ targets }) => [
    {
      text: 'Take a dump first.',
      command: `pg_dump --format=custom --file=/var/backups/before.dump ${targets[0] ?? 'NAME'}`,
    },
    { text: 'Rename it out of the way and drop it later.', command: null },
  ],
  examples: [
    'dropdb shop',
    'mysql -e "DROP DATABASE shop"',
    'psql -c "drop table orders" shop',
    'redis-cli FLUSHALL',
    'mongosh shop --eval "db.dropDatabase()"',
    'echo "DROP DATABASE shop;" | mysql',
    'mysqladmin -f drop shop',
    'psql shop <<< "TRUNCATE orders"',
    'mysql shop -e "DELETE FROM orders"',
    'sqlite3 app.db "drop table users;"',
    'rails db:drop',
    'npx prisma migrate reset --force',
    'curl -X DELETE http://localhost:9200/_all',
    'docker exec db psql -U postgres -c "DROP SCHEMA public CASCADE"',
    'pg_dropcluster --stop 15 main',
    'php artisan migrate:fresh',
    'mysql shop --execute="DROP TABLE orders"',
    'zcat /backup/shop.sql.gz | mysql shop_production',
    'zcat /backup/all-databases.sql.gz | mysql -u root',
    'psql -c "drop table orders; create table orders(a int)"',
  ],
  nearMisses: [
    'psql -c "select count(*) from orders"',
    'mysqldump shop > shop.sql',
    'redis-cli INFO',
    'mysql -e "show databases"',
    'createdb shop',
    'psql shop -c "DELETE FROM sessions WHERE expires < now()"',
    'mongosh --eval "db.stats()"',
    'rails db:migrate',
    'npx prisma migrate deploy',
    'curl -X DELETE http://localhost:8080/v1/items/7',
    'redis-cli GET key',
    'pg_dump shop',
    'echo "drop database shop"',
    'psql -c "EXPLAIN DELETE FROM orders"',
    'php artisan migrate --force',
    'zcat /backup/shop.sql.gz | mysql shop_new',
    'psql -c "create temp table t(a int); drop table t"',
  ],
}

function reasonOf(call: Call): string | null {
  const words = call.args.map((arg) => arg.text)
  const text = words.join(' ')
  const options = readOptions(call.args)
  const drops = 'It drops or empties a database, or a part of one.'
  if (call.name === 'bq' && hasAny(options, 'dry_run')) return null
  if (sqlClients.includes(call.name)) {
    const read = call.stdin?.read() ?? null
    if ([...words.map((word) => word.replace(/^--[\w-]+=/, '')), read ?? ''].some(isDrop)) return drops
    if (call.stdin !== null && isDump.test(call.stdin.from) && words.some((word) => inUse.test(word)))
      return 'It writes what was dumped over a database that is in use.'
    if (
      ofAll.test(call.stdin?.from ?? fedFrom(call)) ||
      words.some((word) => /^(-f ?)?\S*\.(sql|dump)\b/.test(word) && ofAll.test(word))
    )
      return 'It writes what was dumped of every database over those that are there.'
    if (words.some((word) => toldByName.test(word)) || (read === null && toldByName.test(fedFrom(call)))) return drops
    if (read === null && call.stdin !== null && sql.test(call.stdin.from))
      return 'It runs statements that are made to drop.'
    return isDynamic(text) && /(^|\s)(-e|-c|--execute|--command|-Q|-q)[ =]?\uE000/.test(text)
      ? 'Which statements it runs, only the host knows.'
      : null
  }
  switch (call.name) {
    case 'dropdb':
    case 'dropuser':
    case 'pg_dropcluster':
    case 'pg_resetwal':
      return hasAny(options, 'n', 'dry-run', 'help') ? null : drops
    case 'mysqladmin':
    case 'mariadb-admin':
      return /\b(drop|shutdown|flush-privileges-all)\b/.test(text) ? drops : null
    case 'mongo':
    case 'mongosh':
      return mongo.test(`${text} ${call.stdin?.read() ?? ''}`) ? drops : null
    case 'mongorestore':
      return hasAny(options, 'drop') ? drops : null
    case 'pg_restore':
      return (hasAny(options, 'c', 'clean') || words.some((word) => inUse.test(word) && !word.includes('/'))) &&
        !hasAny(options, 'f', 'file', 'l', 'list')
        ? drops
        : null
    case 'redis-cli':
    case 'valkey-cli':
    case 'keydb-cli':
      if (/(^|\s)(replicaof|slaveof)\s+(?!no\s)\S+\s+\d+/i.test(text))
        return 'What it holds gives way to what another one does.'
      if (words.some((word) => /^(command|acl|latency)$/i.test(word))) return null
      return words.some((word) => redis.test(word)) ||
        /^\s*flush(all|db)\b/im.test(call.stdin?.read() ?? '') ||
        (call.open !== null && words.some((word) => /^(del|unlink)$/i.test(word)))
        ? drops
        : null
    case 'nc':
    case 'ncat':
      return /^\s*flush_?(all|db)\b/im.test(call.stdin?.read() ?? '') ? drops : null
    case 'rails':
    case 'rake':
    case 'bundle':
      return /\bdb:(drop|reset|purge|migrate:reset|schema:load|truncate_all)\b/.test(text) ? drops : null
    case 'php':
    case 'artisan':
      return /\b(migrate:(fresh|reset|refresh)|db:wipe|doctrine:(database|schema):drop)\b/.test(text) ? drops : null
    case 'python':
    case 'python3':
    case 'manage.py':
    case 'django-admin':
      return /\b(flush|reset_db|sqlflush)\b/.test(text) && /manage\.py|django/.test(`${call.name} ${text}`)
        ? drops
        : null
    case 'npx':
    case 'prisma':
      return /\bmigrate reset\b|\bdb push\b.*--(force-reset|accept-data-loss)|schema:drop|db:drop/.test(text)
        ? drops
        : null
    case 'sequelize':
    case 'typeorm':
    case 'knex':
      return /\b(db:drop|schema:drop|migrate:rollback.*--all|db:migrate:undo:all)\b/.test(text) ? drops : null
    case 'flyway':
      return words.includes('clean') ? drops : null
    case 'liquibase':
      return /drop-?all/i.test(text) ? drops : null
    case 'wp':
      return /\bdb (drop|reset)\b|site empty/.test(text) ? drops : null
    case 'drush':
      return /\bsql:?-?drop\b/.test(text) ? drops : null
    case 'curl':
      return /(-X ?|--request[ =])DELETE\b/.test(text) &&
        (/:(9200|9201)\/(?!\S*\/_doc\/|_search\/scroll|_async_search|_pit)/.test(text) || /\/_all\b|\/\*/.test(text))
        ? drops
        : null
    case 'etcdctl':
      return words.includes('del') && hasAny(options, 'prefix', 'from-key') ? drops : null
    case 'consul':
      return /kv delete.*-recurse/.test(text) ? drops : null
    case 'vault':
      return /\b(secrets disable|kv metadata delete|delete sys)\b/.test(text) ? drops : null
    case 'rabbitmqctl':
      return /\b(reset|force_reset|delete_vhost|delete_queue|purge_queue)\b/.test(text) ? drops : null
    case 'kafka-topics.sh':
    case 'kafka-topics':
      return hasAny(options, 'delete') ? drops : null
    case 'patronictl':
      return /\b(remove|reinit)\b/.test(text) ? drops : null
    case 'ldapdelete':
      return !hasAny(options, 'n') &&
        (hasAny(options, 'r') || call.open !== null || (call.stdin !== null && call.stdin.read() === null))
        ? drops
        : null
    default:
      return null
  }
}

const fedFrom = ({ stdin, redirects }: Call): string =>
  `${stdin?.from ?? ''} ${redirects.map(({ operator, target }) => (operator === '<' ? target.text : '')).join(' ')}`
