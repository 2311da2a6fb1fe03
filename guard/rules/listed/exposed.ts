import { diskDrivers } from './drivers.ts'
import type { Row } from './row.ts'

const toAll = 'It lets in everybody, from anywhere.'
const between = 'It stands between machines and takes what goes from one to the other.'

/** What is shown to everybody, stood between, or kept from writing and starting. */
export const exposedRows: readonly Row[] = [
  {
    action: 'bulk_permission_change',
    of: 'aws awslocal',
    words:
      /^(?=.*\biam\b)(?=.*\b(attach|put)-(user|role|group)-(policy|permissions)).*(policy\/(AdministratorAccess|PowerUserAccess|IAMFullAccess)\b|"?Action"?\s*:\s*\[?\s*"?\*"?)|\b(put-(bucket|object)-acl|create-bucket|cp|sync|mv)\b.*--acl[ =]public-read(-write)?\b|\bput-(bucket|object)-acl\b.*--grant-(write|full-control|write-acp)\S*.*AllUsers|\bdelete-public-access-block\b|\bmodify-(db-\w+|image-attribute|snapshot-attribute)\b.*(\s--publicly-accessible|"?Group"?[=:]"?all)/i,
    because: toAll,
    risk: 'high',
  },
  {
    action: 'firewall_flush',
    of: 'aws awslocal',
    words:
      /\b(authorize-security-group-ingress|create-network-acl-entry|modify-security-group-rules)\b(?=.*(0\.0\.0\.0\/0|::\/0))(?=.*(protocol[ =]?["']?(-1|all)\b|"?IpProtocol"?[=:]"?-1|--port[ =](22|3389|3306|5432|6379|27017|9200|2375|445|0-65535|\*|-1)\b|(From|to)Port"?[=:]\s*(22|3389|3306|5432|6379|27017|9200|2375|0)\b))/i,
    because: toAll,
    risk: 'high',
  },
  {
    action: 'bulk_permission_change',
    of: 'gcloud gsutil az oci doctl openstack bq kubectl oc',
    words:
      /\badd-iam-policy-binding\b.*(roles\/(owner|editor)\b|allUsers\b|allAuthenticatedUsers\b)|\b(iam ch|acl (ch|set))\b.*(allUsers|AllUsers|public-read-write)|\brole assignment create\b.*--role[ =]["']?(Owner|User Access Administrator)\b.*--scope[ =]["']?\/(subscriptions\/[^/\s]+)?["']?(\s|$)|\b(blob public-access|--public-access[ =](container|blob)|--allow-blob-public-access[ =]true)|create clusterrolebinding\b.*--clusterrole[ =]cluster-admin\b.*(system:(anonymous|unauthenticated|authenticated|serviceaccounts?)\b|--serviceaccount[ =]\S+:default\b)|adm policy add-(cluster-role-to-(user|group) cluster-admin\s+\S*(system:|developer)|scc-to-\w+ privileged\s+\S*system:)/,
    because: toAll,
    risk: 'high',
  },
  {
    action: 'firewall_flush',
    of: 'gcloud az oci doctl openstack hcloud linode-cli',
    words:
      /\b(firewall\S*|nsg|security-?group\S*|security group)\b.*\b(create|update|add|add-rules?)\b(?=.*(0\.0\.0\.0\/0|::\/0|--source-address-prefix\w*[ =]["']?(\*|Internet|Any)))(?=.*((--(allow|rules)[ =](all|tcp(\s|$|,udp\s)|tcp:(22|3389|0-65535)))|--protocol[ =]["']?(\*|any|-1|all)|--destination-port-range\w*[ =]["']?(\*|22|3389|0-65535)|--dst-port[ =](22|3389|1:65535)|ports?:(all|22|3389|0)\b))/i,
    because: toAll,
    risk: 'high',
  },
  {
    action: 'firewall_flush',
    of: 'ssh autossh',
    words: /(^|\s)-\w*R ?["']?(0\.0\.0\.0|\*|\[?::\]?|):\d+:/,
    because: 'It offers a port of this network to everybody on another.',
  },
  {
    action: 'firewall_flush',
    of: 'ngrok cloudflared bore chisel frpc localtunnel lt',
    words:
      /^(tcp|tls)\b.*\b(22|3389|3306|5432|6379|27017|2375)$|^client\b.*\bR:(0\.0\.0\.0:)?\d+|^local (22|3389|5432|3306)\b|^tunnel\b.*--url[ =](ssh|tcp|rdp):/,
    because: 'It offers a port of this network to everybody.',
  },
  {
    action: 'network_interface_down',
    of: 'arpspoof ettercap bettercap dnsspoof macof yersinia mdk3 mdk4 aireplay-ng responder mitm6 slowloris goldeneye.py parasite6 fake_router6',
    words: /^(?!(-v|--version|-V)$)./,
    because: between,
  },
  {
    action: 'network_interface_down',
    of: 'hping3 nping',
    words: /(^|\s)(--flood|--faster|--rand-source|--rate[ =]\d{4,})(\s|$)/,
    because: 'It floods a machine until it answers nobody.',
  },
  {
    action: 'configuration_reset',
    of: 'dracut mkinitramfs mkinitcpio mkinitrd genkernel',
    words: /(^|\s)(--omit(-drivers)?|-o)[ =]["']?\S/,
    unless: /^-o \/|\s-o \/|^(-\S+ )*-o ?\/\S/,
    because: 'What the machine starts from no longer has all that it needs to start.',
  },
  {
    action: 'configuration_reset',
    of: 'ipmitool',
    words: /\bchassis\s+(bootdev|bootparam\s+set)\b.*\b(persistent|options=\S*persistent)/,
    because: 'It starts from elsewhere from now on.',
  },
  {
    action: 'service_bulk_disable',
    of: 'mount',
    words: /^(?=.*remount)(?=.*(^|[\s,=])ro(,|\s|$)).*\s\/(var|home|usr|var\/lib)?$/,
    because: 'Nothing that runs there can write any more.',
    risk: 'high',
  },
  {
    action: 'bulk_process_kill',
    of: 'psql pgcli',
    words:
      /pg_(terminate|cancel)_backend\s*\(\s*(\w+\.)?(proc)?pid\s*\)(?![\s\S]*\b(state|usename|query|query_start|state_change|application_name|client_addr|backend_type|backend_start|xact_start|wait_event\w*|datid|blocked|pid\s+(=|in)\b|pid\s*=\s*\d|any))/i,
    fed: true,
    because: 'It ends whatever anybody does with the database.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'sed gsed perl ruby',
    words: /(^|\s)(-[a-zA-Z]*i\S*|--in-place\S*)\s.*\s\/var\/(log\/|adm\/|account\/)/,
    because: 'It changes the record of what has been.',
    risk: 'high',
  },
  {
    action: 'package_bulk_remove',
    of: 'opkg',
    words:
      /^(?=.*\bremove\b)(?=.*--(force-removal-of-(dependent|essential)-packages|force-depends|force-remove|autoremove))/,
    because: 'It is forced past what keeps the system whole.',
    risk: 'high',
  },
  {
    action: 'firewall_flush',
    of: 'iptables ip6tables ufw nft hcloud',
    words:
      /^(-t filter )?-[AI] (INPUT|FORWARD)( \d+)? -j ACCEPT$|^allow (in )?(from any( to any)?|2375(\/tcp)?)$|^(add|insert) rule .*\b(input|forward)( counter)? accept$|^firewall add-rule\b(?=.*--port[ =](any|1-65535))(?=.*(0\.0\.0\.0\/0|::\/0))/i,
    because: toAll,
  },
  {
    action: 'bulk_permission_change',
    of: 'aws az gcloud',
    words:
      /\bmodify-(snapshot|image)-attribute\b.*(--group-names[ =]all\b|--launch-permission\b.*Group=all)|\bcontainer (set-permission|create|update)\b.*--public-access[ =](container|blob)\b/i,
    because: toAll,
    risk: 'high',
  },
  {
    action: 'service_bulk_disable',
    of: 'rmmod',
    words: new RegExp(String.raw`(^|\s)${diskDrivers}(\s|$)`),
    because: 'Disks, or file systems, of the machine are driven by it.',
    risk: 'high',
  },
  {
    action: 'service_bulk_disable',
    of: 'modprobe',
    words: new RegExp(String.raw`(^|\s)(-\w*r\w*|--remove)\s(.*\s)?${diskDrivers}(\s|$)`),
    because: 'Disks, or file systems, of the machine are driven by it.',
    risk: 'high',
  },
  {
    action: 'firewall_flush',
    of: 'firewall-cmd firewall-offline-cmd',
    words:
      /--zone=trusted\b.*--(add-source=(0\.0\.0\.0\/0|::\/0)|(add|change)-interface=(?!lo\b|docker|virbr|podman|cni|tun|wg))/,
    because: toAll,
  },
  {
    action: 'bulk_permission_change',
    of: 'docker podman nerdctl',
    words:
      /^(?=.*\b(run|create)\b)(?=.*(HOST_AUTH_METHOD=trust|ALLOW_EMPTY_(ROOT_)?PASSWORD=["']?(yes|1|true)|xpack\.security\.enabled=false))(?=.*\s(-p|--publish)[ =]?(0\.0\.0\.0:)?\d+:\d|.*--net(work)?[ =]host)/,
    because: 'Whoever reaches it gets in, and is asked for nothing.',
  },
  {
    action: 'bulk_permission_change',
    of: 'cp install ln mv',
    words:
      /\s?\/(etc\/(g?shadow|sudoers|ssl\/private\/\S*)|root\/\.ssh\/id_\w+|etc\/ssh\/ssh_host_\w+_key)-?\s+\/(var\/www|srv\/(www|http)|usr\/share\/nginx|home\/[^/]+\/public_html)/,
    because: 'What only root may read is shown to everybody.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'docker podman nerdctl',
    words: /^(container )?cp\s+(-\S+\s+)*\/dev\/null\s+\S+:/,
    because: 'Nothing is left of what was in the file.',
  },
]
