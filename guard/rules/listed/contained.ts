import type { Row } from './row.ts'

const asRoot = 'What runs there has the whole of the host in its hands.'
const everybody = 'Whoever reaches it gets in, and is asked for nothing.'
const over = 'Something else takes the place of what a program in the container keeps, or lives by.'

/** What containers may do to their host, what is put into them, and what of them is lost. */
export const containedRows: readonly Row[] = [
  {
    action: 'filesystem_bulk_delete',
    of: 'docker podman nerdctl kubectl oc lxc incus',
    words:
      /^(container |file )?(cp|push)\s+(-\S+ )*\S+ [\w./-]+[:/]\S*(\.(db|sqlite3?|mdb|ibd|rdb|aof|kdbx)|\/var\/lib\/(mysql|mariadb|postgresql|pgsql|mongodb?|redis|ldap|etcd)\/\S*|\/(bitnami|pgdata|PGDATA)\/\S*|\/etc\/(passwd|g?shadow|group|sudoers\S*|fstab|ssh\/\S*))$/,
    unless: /[\w-]+:\S+ \/?[\w./-]*$(?<![\w-]:\/\S*)/,
    because: over,
    risk: 'high',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'lxc incus kubectl oc pct',
    words: /^(file push|cp|push \d+) (-\S+ )*\/dev\/null \S/,
    because: 'Nothing is left of what was in the file.',
  },
  {
    action: 'bulk_permission_change',
    of: 'docker podman nerdctl',
    words:
      /^(?=.*\b(run|create)\b)(?=.*(tcp-listen:\d+\S*.*docker\.sock|--cap-add[ =](ALL|all)\b|(?=.*--cap-add[ =](CAP_)?(SYS_ADMIN|SYS_MODULE|SYS_PTRACE|SYS_RAWIO|DAC_READ_SEARCH))(?=.*(--security-opt[ =](apparmor|seccomp)[=:]unconfined|--pid[ =]host))))/i,
    because: asRoot,
    risk: 'high',
  },
  {
    action: 'bulk_permission_change',
    of: 'docker podman nerdctl',
    words:
      /^(?=.*\b(run|create)\b)(?=.*\s(-p|--publish)[ =]?(0\.0\.0\.0:)?\d+:\d)(?=.*(--protected-mode[ =]no\b|--noauth\b|--insecure(\s|$)|--auth[ =]none|--(NotebookApp|ServerApp|IdentityProvider)\.token[ =]["']{0,2}(\s|$)|--skip-grant-tables|(ANONYMOUS|DISABLE)_(ACCESS|AUTH|SECURITY)\w*=["']?(1|true|yes)|AUTHENTICATION_ENABLED=["']?false|NO_AUTH=|SECURITY_ENABLED=["']?false))/i,
    because: everybody,
  },
  {
    action: 'bulk_permission_change',
    of: 'lxc incus',
    words:
      /\bconfig device (add|set)\b.*\bsource=(\/|\/(etc|root|boot|var|usr|home|dev))(\s|$)|\bconfig set\b.*\b(security\.privileged[ =]true|raw\.(lxc|apparmor|idmap)\b)|^launch\b.*security\.privileged=true/,
    because: asRoot,
  },
  {
    action: 'volume_or_image_prune',
    of: 'docker podman docker-compose',
    words: /^(?=.*\bup\b)(?=.*(--renew-anon-volumes|\s-V(\s|$)))/,
    because: 'What containers kept in volumes without a name is gone.',
  },
  {
    action: 'container_bulk_stop',
    of: 'docker podman docker-compose',
    words:
      /^(?=.*\bup\b)(?=.*--scale[ =][\w-]+=0\b)|^update\b.*--restart[ =]no\b|^(container )?update\b.*(--memory|-m|--cpus|--cpu-quota|--pids-limit)\b/,
    many: true,
    because: 'It leaves containers without what they need to run, or to start again.',
  },
  {
    action: 'container_bulk_stop',
    of: 'docker docker-compose',
    words: /^(?=.*\b(compose|-f|-p|up)\b)(?=.*\bup\b)(?=.*--scale[ =]\S+=0\b)/,
    because: 'It leaves nothing of a service running.',
  },
  {
    action: 'container_bulk_stop',
    of: 'docker podman',
    words: /^(play kube|kube play)\b.*--(down|replace)\b|^kube down\b|^pod (kill|stop|rm)\b/,
    because: 'It ends every container of a pod.',
  },
  {
    action: 'volume_or_image_prune',
    of: 'registry bin/registry',
    words: /^garbage-collect\b.*(\s-m\b|--delete-untagged)/,
    unless: /--dry-run|(^|\s)-d(\s|$)/,
    because: 'It deletes every image that no tag names, those that are pinned by digest too.',
  },
  {
    action: 'container_bulk_remove',
    of: 'nc ncat socat curl',
    words:
      /\bDELETE (http:\/\/\S+?)?\/(v[\d.]+\/)?(containers|volumes|images|networks|services)\/|\bPOST \/(v[\d.]+\/)?(containers|volumes|images|networks|system)\/prune/,
    fed: true,
    because: 'It tells the daemon of containers to remove what it names.',
  },
  {
    action: 'container_bulk_remove',
    of: 'docker podman',
    words: /^trust revoke\b|^context rm\b.*(-f|--force)|^image rm\b.*(-f|--force).*:(latest|prod\w*|stable|live)\b/,
    because: 'What it names is no longer trusted, or found.',
  },
  {
    action: 'container_bulk_remove',
    of: 'kubectl oc curl',
    words:
      /\b(replace|create|delete|put)\b.*--raw\b.*\/finalize\b|\bpatch\b.*finalizers["']?\s*(:\s*(null|\[\s*\])|"?\s*\})|^(?=.*(-X ?|--request[ =])(PUT|POST|PATCH)).*\/(api|apis)\/\S*\/finalize\b/,
    because: 'What is being deleted goes, although something still waits to clean up behind it.',
    risk: 'high',
  },
]
