import type { Closed } from './closed.ts'

/** Servers of data and messages by their own tools; statements are read by the rule for databases. */
export const databases: readonly Closed[] = [
  {
    of: 'rabbitmqctl rabbitmq-diagnostics rabbitmq-queues rabbitmq-plugins rabbitmq-upgrade rabbitmq-streams',
    action: 'database_drop',
    values: '-p --vhost -n --node -t --timeout --longnames --formatter',
    harmless:
      'list, add_\\S+, list_\\S+, set_\\S+, authenticate_user, change_password, cluster_status, await_\\S+, wait, enable, start_app, sync_queue, environment, node_health_check, ping, report, eval, status, check_\\S+, memory_breakdown, observer, listeners, alarms, server_version, rebalance, grow, quorum_status, resume_listeners, export_definitions, import_definitions, join_cluster, help, rotate_logs, force_gc, hash_password, is_\\S+, os_env, runtime_thread_stats, consume_event_stream, log_tail, cipher_suites, tls_versions, certificates, schema_info, erlang_version, disk, metadata_store_status',
    strict: true,
    asks: [
      'rabbitmqctl delete_vhost /prod',
      'rabbitmqctl forget_cluster_node rabbit@n2',
      'rabbitmqctl purge_queue orders',
      'rabbitmqctl close_all_connections x',
      'rabbitmqctl clear_policy ha',
    ],
    passes: [
      'rabbitmqctl list_queues -p / name',
      'rabbitmqctl cluster_status',
      'rabbitmq-diagnostics check_running',
      'rabbitmq-plugins list',
    ],
  },
  {
    of: 'rabbitmqadmin',
    action: 'database_drop',
    values: '-H --host -P --port -u --username -p --password -V --vhost -N',
    strict: true,
    harmless: 'list, show, declare, publish, get, export, import, help, health_check',
    asks: [
      'rabbitmqadmin delete queue name=orders',
      'rabbitmqadmin purge queue name=orders',
      'rabbitmqadmin close connection name=a',
    ],
    passes: ['rabbitmqadmin list queues', 'rabbitmqadmin -u a -p b declare queue name=x'],
  },
  {
    of: 'kafka-topics.sh kafka-topics kafka-acls.sh kafka-acls kafka-configs.sh kafka-configs kafka-consumer-groups.sh kafka-consumer-groups kafka-delete-records.sh kafka-delete-records kafka-reassign-partitions.sh kafka-leader-election.sh kafka-streams-application-reset.sh kafka-storage.sh',
    action: 'database_drop',
    options:
      /^--(list|describe|create|add|if-not-exists|topic|topics|bootstrap-server|bootstrap-controller|zookeeper|command-config|partitions|replication-factor|config|group|all-groups|all-topics|members|state|offsets|verbose|timeout|dry-run|entity-\S+|broker\S*|allow-\S+|deny-\S+|principal|producer|consumer|cluster|operation|resource-pattern-type|verify|generate|reassignment-json-file|topics-to-move-json-file|under-\S+|unavailable-partitions|help|version|exclude-internal|alter|add-config|config-file|export|disable-rack-aware|throttle)(=.*)?$/,
    never:
      /--(delete|remove|reset-offsets|delete-offsets|delete-config)\b(?!.*--dry-run)|retention\.(ms|bytes)=\d{1,6}(\D|$)|cleanup\.policy/,
    dry: /--dry-run\b/,
    asks: [
      'kafka-topics --bootstrap-server k:9092 --delete --topic orders',
      'kafka-delete-records.sh --bootstrap-server k:9092 --offset-json-file d.json',
      'kafka-configs.sh --bootstrap-server k:9092 --alter --entity-type topics --entity-name o --add-config retention.ms=1000',
    ],
    passes: [
      'kafka-topics.sh --bootstrap-server k:9092 --list',
      'kafka-consumer-groups.sh --bootstrap-server k:9092 --describe --group g',
      'kafka-configs.sh --bootstrap-server k:9092 --describe --entity-type topics',
    ],
  },
  {
    of: 'nodetool',
    action: 'database_drop',
    values: '-h --host -p --port -u --username -pw --password',
    harmless:
      'cfstats, tablestats, tablehistograms, tpstats, netstats, proxyhistograms, compactionstats, compactionhistory, info, ring, status\\S*, describe\\S*, get\\S*, gossipinfo, gcstats, list\\S*, version, snapshot, repair, repair_admin list, flush, compact, cleanup, scrub, upgradesstables, verify, rebuild, refresh, reload\\S*, enable\\S*, resume\\S*, set\\S*, toppartitions, viewbuildstatus, help, sjk, garbagecollect, relocatesstables, drain, datapaths, failuredetector, profileload, rangekeysample, replaybatchlog, statusgossip',
    strict: true,
    asks: [
      'nodetool decommission',
      'nodetool removenode abc',
      'nodetool clearsnapshot --all',
      'nodetool assassinate 10.0.0.1',
      'nodetool disablegossip',
      'nodetool stopdaemon',
    ],
    passes: [
      'nodetool status',
      'nodetool snapshot -t a',
      'nodetool repair',
      'nodetool flush',
      'nodetool listsnapshots',
    ],
  },
  {
    of: 'patronictl repmgr pg_autoctl stolonctl pg_ctlcluster pg_dropcluster pg_ctl maxctrl orchestrator orchestrator-client mysqlrouter',
    action: 'database_drop',
    values: '-c --config-file -f -d --dcs -D --pgdata -U -h -p',
    harmless:
      'topology, dsn, edit-config, show-config, reload, cluster (show|matrix|crosscheck|event), node (status|check), (primary|standby|witness) (register|clone|follow), daemon (status|start), perform, resume, \\d+ \\S+ (status|start|restart|reload), spec, reinit-check, discover, switchover, failoverkeeper-check, show \\S+, api get',
    never: /^(?!.*\bclone\b).*--force\b/,
    asks: [
      'patronictl reinit main pg2',
      'patronictl remove main',
      'repmgr standby unregister -f /etc/repmgr.conf',
      'pg_autoctl drop node --destroy',
      'maxctrl destroy server db3',
      'patronictl failover main --force',
    ],
    passes: [
      'patronictl list main',
      'repmgr cluster show',
      'pg_autoctl show state',
      'maxctrl list servers',
      'pg_ctl status -D /var/lib/pg',
    ],
  },
  {
    of: 'cockroach cockroachdb neo4j-admin arangod influxd nats pulsar-admin emqx emqx_ctl mosquitto_ctrl temporal tctl zkCli.sh zkCli zookeeper-shell.sh solr elasticsearch-users elasticsearch-keystore couchbase-cli riak-admin vmctl mongocli tikv-ctl tiup ydb dgraph',
    action: 'database_drop',
    values: '--host --certs-dir -server --server -s --context --address --namespace -n -u -p -h --user --password',
    harmless:
      'sql, node (status|ls), dump, (stream|consumer|kv|object|account|context|server) (ls|list|info|report|view|get|add|create|edit|put|backup|check|ping|sub\\S*|next|select|show), sub, pub, bench, rtt, request, \\S+ (list|stats|get\\S*|info|describe|create|peek\\S*|lookup|permissions|partitioned-lookup|show\\S*|count), workflow (list|describe|show|start|execute|query|signal|count|trace|stack), operator \\S+ (list|describe|create|get|health), schedule (list|describe|create|trigger), dynsec (list\\S*|get\\S*|create\\S*|add\\S*|set\\S*|init), subscribers, status, ctl status, ls, ls2, stat, getAcl, quota, healthcheck, useradd, list, passwd, roles, debug (zip|check), cluster (display|list|start|status), broker, listeners, clients list',
    asks: [
      'cockroach node decommission 4',
      'nats stream purge ORDERS --force',
      'pulsar-admin topics delete persistent://a/b/c',
      'solr delete -c products',
      'zkCli.sh -server z:2181 deleteall /kafka',
      'temporal workflow terminate --query x -y',
      'elasticsearch-users userdel admin',
      'mosquitto_ctrl dynsec deleteRole x',
    ],
    passes: [
      'cockroach node status',
      'nats stream ls',
      'pulsar-admin topics list public/default',
      'zkCli.sh -server z:2181 ls /kafka',
      'temporal workflow list',
      'solr status',
      'emqx ctl status',
    ],
  },
]
