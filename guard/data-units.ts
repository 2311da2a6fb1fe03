const servers =
  'postgres(ql|-server)?|pgbouncer|patroni|mysqld?|mysql-server|mariadb|mongod|mongo(db)?|elasticsearch|opensearch|cassandra|scylla(-server)?|clickhouse(-server)?|influxd(b)?|cockroach(db)?|neo4j|couchdb|rabbitmq(-server)?|kafka|zookeeper|etcd|vault|consul|minio|oracle|mssql-server|ceph-(osd|mon|mds|mgr)|glusterd?|slapd|named|bind9|samba-ad-dc|krb5-kdc|libvirtd|virtqemud|k3s(-agent)?|kubelet|containerd|docker|keepalived|haproxy|nfs-(server|kernel-server)|nfsd|smbd?|rpcbind|tgtd?|target|redis(-server)?|valkey(-server)?|isc-dhcp-server|kea-dhcp4(-server)?'

const unitOfData = new RegExp(`^(${servers})([@-][\\w.-]*)?(\\.service|\\.target)?$`, 'i')
const containerOfData =
  /(^|[-_.])(db|database|postgres(ql)?|mysql|mariadb|percona|mongo(db)?|elasticsearch|opensearch|cassandra|scylla(db)?|clickhouse|influxdb|timescale(db)?|cockroach(db)?|couchdb|neo4j|questdb|mssql|rabbitmq|kafka|etcd|vault)([-_.]?(\d+|primary|master|main|leader|node|server|cluster|prod(uction)?|live|app)){0,2}$/i

/** Whether a unit keeps data, or carries what others stand on: stopping it is felt by more than itself. */
export const isDataUnit = (name: string): boolean =>
  unitOfData.test(name) && !/[-_@](exporter|agent|backup|dump|logs?|te?st|dev|old|proxy-metrics)(\.|$)/i.test(name)

/** The same of a container, by its name; one for a test is nobody's. */
export const isDataContainer = (name: string): boolean =>
  containerOfData.test(name) && !/(^|[-_.])(te?st|tmp|dev|old|local|ci|scratch|demo)([-_.]|$)/i.test(name)
