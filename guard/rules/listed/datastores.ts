import type { Row } from './row.ts'

const over = 'What stands there is written over, or is no longer found.'
const made = 'It drops or empties a database, or a part of one.'
const root = 'Whoever knew that password does not get in any more.'

/** Databases by their rarer tools, and by the consoles of what is built on them. */
export const datastoreRows: readonly Row[] = [
  {
    action: 'database_drop',
    of: 'mysqldump mariadb-dump',
    words: /--(delete-(master|source)-logs|flush-privileges-never)\b/,
    because: 'Replicas that are behind find their logs no more.',
  },
  {
    action: 'database_drop',
    of: 'mysqld mariadbd mysql_install_db mariadb-install-db',
    words: /--initialize\b|--initialize-insecure\b|--force\b|--(datadir|ldata)[= ]\/var\/lib\/(mysql|mariadb)\b/,
    because: over,
  },
  { action: 'database_drop', of: 'mysqlcheck', words: /--use-frm\b/, because: over },
  { action: 'database_drop', of: 'innochecksum', words: /(^|\s)(-w|--write|--strict-check-never)\b/, because: over },
  {
    action: 'database_drop',
    of: 'mariabackup xtrabackup innobackupex mydumper-never myloader',
    words: /--(copy-back|move-back|overwrite-tables|drop-table)\b/,
    because: over,
  },
  {
    action: 'user_removal',
    of: 'mysqladmin mariadb-admin',
    words: /^(?=.*(-u ?root|--user[= ]root)|^(?!.*-u)).*\bpassword\b(\s|$)/,
    because: root,
  },
  {
    action: 'service_bulk_disable',
    of: 'galera_new_cluster galera_recovery',
    words: /^(?!--help)/,
    because: 'It starts another cluster beside the one that there is.',
  },
  {
    action: 'database_drop',
    of: 'pg_ctl pg_ctlcluster pg_upgrade pg_upgradecluster pg_rewind pg_archivecleanup',
    words:
      /\bpromote\b|^(?=.*--link)(?!.*(--check|\s-c\s)).*-b |^\d+ \w|--target-pgdata|^(-[dx]\S* )*\/\S+ [0-9A-F]{24}/,
    unless: /(^|\s)(--check|-n|--dry-run)(\s|$)|\b(start|restart|reload|status)\b/,
    because: over,
  },
  {
    action: 'database_drop',
    of: 'wal-g wal-e barman pgbackrest',
    words: /^(backup-fetch|recover)\s.*\/var\/lib\//,
    because: over,
  },
  { action: 'database_drop', of: 'sqlite3', words: /\.restore\s|\.(open|clone)\s.*--new\b/, fed: true, because: over },
  {
    action: 'database_drop',
    of: 'redis-cli valkey-cli keydb-cli',
    words: /\bconfig set (maxmemory \d{1,6}$|maxclients \d{1,2}$)|\bdebug reload nosave\b/i,
    because: 'What it holds is thrown out, or is not kept.',
  },
  {
    action: 'database_drop',
    of: 'mongosh mongo',
    words:
      /\.(updateMany|update)\s*\(\s*\{\s*\}|\brs\.reconfig\s*\([^;]*force\s*:\s*(true|1)|\bfsyncLock\b|\bdropRole\b|\bdropAllRoles\w*|\breplSetReconfig\b.*force/,
    fed: true,
    because: made,
  },
  { action: 'database_drop', of: 'mongoimport', words: /--mode[= ]?delete\b/, because: made },
  {
    action: 'service_bulk_disable',
    of: 'nodetool',
    words: /^(-\S+ \S+ )*(drain|stopdaemon)\b/,
    because: 'The node no longer answers.',
  },
  {
    action: 'database_drop',
    of: 'influx',
    words: /^bucket update\b.*(-r|--retention)[= ]\d+(s|m|h|d)\b/,
    because: 'What is older is deleted.',
  },
  { action: 'database_drop', of: 'influxd influx_inspect', words: /\bdelete-?tsm\b/, because: made },
  { action: 'user_removal', of: 'elasticsearch-reset-password', words: /(-u|--username)[= ]elastic\b/, because: root },
  {
    action: 'database_drop',
    of: 'elasticsearch-node opensearch-node',
    words: /^(unsafe-bootstrap|detach-cluster|remove-settings|remove-customs|repurpose)/,
    because: over,
  },
  {
    action: 'database_drop',
    of: 'curl',
    words:
      /^(?=.*(-X ?|--request[ =])(PUT|POST))(?=.*:9[23]00\/\S*_settings).*"?blocks"?.{0,40}(true|write)|^(?=.*(-X ?|--request[ =])POST).*:90\d\d\/-\/quit/,
    because: 'Nobody can write there any more, or it ends.',
  },
  {
    action: 'service_bulk_disable',
    of: 'kafka-server-stop.sh kafka-server-stop zookeeper-server-stop.sh zkServer.sh db2stop',
    words: /^$|^(force|stop)\b/,
    because: 'It ends a server that keeps data.',
  },
  { action: 'database_drop', of: 'db2', words: /^["']?(drop|restore|force applications all)\b/i, because: made },
  {
    action: 'database_drop',
    of: 'rabbitmqctl',
    words: /^(-\S+ \S+ )*eval\b.*\b(delete|purge|drop|reset|stop)\w*/,
    because: made,
  },
  {
    action: 'database_drop',
    of: 'wp',
    words: /\bsearch-replace\b(?!.*--dry-run).*--(all-tables|network)\b/,
    because: 'It writes over whatever fits in every table.',
  },
  { action: 'database_drop', of: 'gitlab-backup gitlab-rake', words: /\brestore\b/, because: over },
  {
    action: 'database_drop',
    of: 'liquibase',
    words: /\brollback(-count|-to-date|Count|ToDate)?\b(?!-sql|Sql)/,
    because: made,
  },
  {
    action: 'database_drop',
    of: 'rails rake bundle gitlab-rails php artisan python python3 manage.py django-admin console',
    words:
      /\b(runner|r|tinker|shell|shell_plus|console)\b.*(\bdelete_all\b|\bdestroy_all\b|(::|\.|->)truncate\b|\.all\(\)\.delete\(|each\s*\(?&:(destroy|delete)|::query\(\)->delete|::where[^;]*->(forceD|d)elete\(\)|\bdrop_table\b|connection\.execute\(\S*(drop|truncate|delete))/i,
    fed: true,
    because: made,
  },
  {
    action: 'database_drop',
    of: 'php artisan python python3 manage.py django-admin',
    words: /\b(migrate:rollback|migrate:reset)\b|(manage\.py |^)migrate \S+ zero\b/,
    unless: /--(pretend|plan)\b/,
    because: made,
  },
]
