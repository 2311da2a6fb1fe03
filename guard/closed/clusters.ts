import type { Closed } from './closed.ts'

/** Containers and what carries them; stop, rm, delete and their kin are weighed by rules of their own. */
export const clusters: readonly Closed[] = [
  {
    of: 'docker',
    action: 'container_bulk_remove',
    values:
      '-H --host -c --context --config -l --log-level -n --namespace --address --connection --root --runroot --url -f --file -p --project-name --profile --env-file --project-directory --ansi --parallel --log-opt --storage-driver',
    harmless:
      'stop, kill, rm, rmi, pause, images, load, port, events, context rm, build, buildx, commit, checkpoint (ls|create), scout, sbom, desktop (status|start|restart|version), context (ls|list|show|use|create|inspect|export|import|update), config (ls|list|inspect|create), secret (ls|list|inspect|create), plugin (ls|list|inspect|install|enable|upgrade|create|set|push), trust, manifest, node (ls|list|ps|inspect|update|promote), service (ls|list|ps|logs|inspect|create|update|scale|rollback), stack (ls|list|ps|services|config|deploy|up), swarm (init|join|join-token|ca|unlock\\S*|update), network (ls|list|inspect|create|connect|disconnect|rm|prune|reload|exists), (volume|image|container|system|builder|compose|machine|pod|manifest|artifact|farm|quadlet) .*, unshare, healthcheck, auto-update, namespace (ls|list|create|inspect), kube (play|generate|apply|down), play, generate, apparmor, ipfs, model, mcp, ai, offload, app, ext\\S*, init, volumes, convert',
    never: /^network (rm|remove) \S+ \S+|^machine (rm|reset)\b|^kube down\b.*--force/,
    asks: [
      'docker node rm --force worker3',
      'docker plugin disable rexray',
      'docker secret rm db_password',
      'docker network rm a b',
    ],
    passes: [
      'docker ps',
      'docker context ls',
      'docker node ls',
      'docker compose -f a.yml up -d',
      'docker network rm old-net',
      'docker buildx ls',
    ],
  },
  {
    of: 'crictl ctr',
    action: 'container_bulk_remove',
    values: '-n --namespace -a --address -r --runtime-endpoint -i --image-endpoint -t --timeout -c --config',
    harmless:
      'images$, img$, pods(?! delete), stats\\S*, statsp, imagefsinfo, inspect\\S*, stop, stopp, rm, rmi, (containers?|c) (ls|list|info|create|label|checkpoint), (tasks?|t) (ls|list|ps|exec|metrics|start|attach), (images?|i) (ls|list|pull|push|tag|import|export|mount|check|inspect|usage), (content|leases?|plugins?|snapshots?|namespaces?) (ls|list|get|info|create|usage), (containers?|c|tasks?|t|images?|i) (rm|remove|delete|del|kill), update-runtime-config',
    asks: ['crictl rmp -fa', 'ctr -n k8s.io images prune --all', 'ctr namespaces remove old'],
    passes: ['crictl ps -a', 'crictl images', 'ctr -n k8s.io containers ls', 'crictl logs abc'],
  },
  {
    of: 'kubectl oc',
    action: 'container_bulk_remove',
    values:
      '-n --namespace --context --kubeconfig --cluster -s --server --user --as --as-group --token --request-timeout -v --cache-dir --certificate-authority',
    harmless:
      'auth, explain, api-resources, api-versions, cluster-info, config, delete, drain, scale, autoscale, rollout, cordon, uncordon, taint, replace, port-forward, proxy, cp, debug, expose, diff, kustomize, certificate approve, alpha, options, plugin, events, wait, krew (list|search|install|info|update|upgrade), ctx, ns, neat, stern, tree, who-can, (view|get)-\\S+, resource-capacity, df-pv, images, node-shell, project, projects, adm (top|inspect|policy who-can|must-gather|release info), rsh, rsync, start-build, new-\\S+, process, policy (who-can|add-\\S+), whoami, extract, idle, observe, cnpg (status|backup|certificate|psql|promote|report)',
    never:
      /^(.*\s)?delete\b.*--raw\b|\bscale\b.*--replicas[= ]0\b|"(replicas|parallelism)"\s*:\s*0\b|"suspend"\s*:\s*true|\bset (replicas|resources)\b.*=0\b/,
    nearer: [[/\bscale\b|"(replicas|parallelism)"|"suspend"|\bset replicas\b|^idle\b/, 'container_bulk_stop']],
    asks: [
      'kubectl delete --raw /api/v1/namespaces/prod',
      'kubectl cnpg destroy pg 1',
      'oc adm prune images --confirm',
      'kubectl krew uninstall ns',
    ],
    passes: [
      'kubectl get pods -A',
      'kubectl -n prod rollout status deploy/api',
      'kubectl auth can-i delete pods',
      'kubectl config get-contexts',
      'kubectl delete pod web-1',
    ],
  },
  {
    of: 'helm',
    action: 'container_bulk_remove',
    values: '-n --namespace --kube-context --kubeconfig --registry-config --repository-cache --repository-config',
    harmless:
      'repo, hist, dependency, dep, package, fetch, rollback, uninstall, delete, del, un, plugin (list|install|update), registry, secrets, dashboard, mapkubeapis, unittest, template',
    never: /^plugin (uninstall|remove|rm)|^rollback\b.*--force/,
    asks: ['helm plugin uninstall diff', 'helm rollback shop 3 --force'],
    passes: [
      'helm list -A',
      'helm upgrade --install shop ./chart',
      'helm repo remove bitnami',
      'helm template ./chart',
      'helm rollback web 1',
    ],
  },
  {
    of: 'argocd',
    action: 'container_bulk_remove',
    values: '--server --auth-token --config --grpc-web-root-path',
    harmless:
      '(app|appset|proj|cluster|repo|account|cert|repocreds|gpg) (list|get|diff|history|manifests|logs|resources|wait|create|set|add|get-\\S+|update-password|can-i|generate|session-token|refresh|patch|edit|role list), app (sync|actions (list|run)|rollback), relogin, admin (dashboard|export|settings|cluster stats)',
    never: /\bsync\b.*--(prune|force|replace)\b/,
    asks: [
      'argocd cluster rm https://1.2.3.4',
      'argocd repo rm https://git.example.org/x',
      'argocd app sync shop --prune',
      'argocd app terminate-op shop',
      'argocd app delete-resource shop --kind Deployment',
    ],
    passes: ['argocd app list', 'argocd app diff shop', 'argocd app sync shop'],
  },
  {
    of: 'flux istioctl linkerd cilium calicoctl kops eksctl kubeadm kind k3d minikube microk8s talosctl rancher kustomize skaffold tilt devspace velero helmfile k0s k0sctl rke longhornctl kubeone clusterctl',
    action: 'container_bulk_remove',
    harmless:
      'docker-env, podman-env, reconcile, resume, analyze, proxy-config, proxy-status, kube-inject, viz, hubble, clustermesh status, token (create|list), certs (check-expiration|renew), upgrade, mesh, stop, dashboard, addons (list|enable|images), ip, service, profile( list)?, node list, image (ls|load|pull|build), load, machineconfig, kubeconfig, dmesg, services?, containers, memory, disks, mounts, processes, read, etcd (members|status|snapshot), backup (get|create|describe|logs|download), restore (get|create|describe|logs), schedule (get|create|describe|pause|unpause), backup-location (get|set), dev, run, fmt, bootstrap, ps',
    asks: [
      'velero schedule delete nightly --confirm',
      'flux delete kustomization apps',
      'kind delete cluster',
      'calicoctl delete -f policy.yaml',
      'talosctl -n 10.0.0.1 shutdown',
    ],
    passes: [
      'velero backup get',
      'flux get kustomizations -A',
      'kubeadm token list',
      'cilium status',
      'minikube stop',
      'kustomize build .',
    ],
  },
  {
    of: 'nomad',
    action: 'container_bulk_remove',
    values: '-address -region -namespace -token',
    harmless:
      'stop, job (stop|revert|eval|periodic|promote|scale|restart|dispatch|inspect|allocs|deployments), node (status|config), alloc (status|logs|exec|fs|restart|signal), deployment (status|list|promote|resume), eval (list|status), server (members|join), agent-info, operator (raft list-peers|autopilot (get-config|health|state)|snapshot (save|inspect|state)|metrics|api|debug|keyring list|scheduler get-config), acl \\S+ (list|info|create|self|update), acl bootstrap, var (list|get|put|init), volume (status|init|create|register|snapshot (list|create)), quota (list|status|inspect|apply), plugin status, service (list|info), ui, tls, fmt, setup, recommendation (list|info)',
    never:
      /^(var|volume|acl|server|operator|system|quota|namespace) (\S+ )?(purge|delete|deregister|detach|force-leave|gc|remove\S*)|\beligibility\b.*-disable/,
    asks: [
      'nomad system gc',
      'nomad var purge app/secret',
      'nomad volume deregister data',
      'nomad server force-leave n3',
    ],
    passes: ['nomad job status', 'nomad node status', 'nomad job plan a.hcl', 'nomad alloc logs abc'],
  },
  {
    of: 'consul',
    action: 'configuration_reset',
    values: '-http-addr -token -datacenter -namespace',
    harmless:
      'members, catalog, kv (get|put|export|import), operator (raft list-peers|autopilot (get-config|state)|usage), snapshot (save|inspect), acl \\S+ (list|read|create|update|clone), acl bootstrap, config (list|read|write), intention (list|check|get|match|create), services register, rtt, lock, exec, event, keygen, keyring, join, agent, peering (list|read|generate-token|establish), troubleshoot, connect (envoy|proxy|ca get-config), tls, maint',
    never: /\bkeyring\b.*-remove|\bmaint\b.*-enable/,
    asks: [
      'consul leave',
      'consul force-leave n3',
      'consul snapshot restore old.snap',
      'consul acl token delete -id abc',
      'consul services deregister web.json',
    ],
    passes: ['consul members', 'consul kv get -recurse app/', 'consul snapshot save a.snap'],
  },
  {
    of: 'vault bao',
    action: 'configuration_reset',
    values: '-address -namespace -ca-cert',
    harmless:
      'status, read, list, write, login, version, debug, monitor, server, kv (get|list|put|patch|delete|undelete|enable-versioning), kv metadata (get|put|patch), secrets (list|enable|tune), auth (list|enable|tune|help), policy (list|read|write|fmt), token (lookup|create|renew|capabilities), lease (lookup|renew), operator (raft (list-peers|snapshot (save|inspect)|autopilot (state|get-config)|join)|members|init|unseal|key-status|usage|diagnose|rotate), audit (list|enable), path-help, namespace (list|lookup|create), plugin (list|info|register), server, agent, ssh, pki (health-check|list-intermediates|issue|verify-sign), transit, unwrap, version-history, events, proxy, print',
    strict: true,
    asks: [
      'vault operator seal',
      'vault lease revoke -prefix aws/',
      'vault policy delete app',
      'vault kv destroy -versions=1 secret/db',
      'vault kv rollback -version=1 secret/db',
      'vault delete secret/x',
    ],
    passes: [
      'vault status',
      'vault read secret/db',
      'vault write a/b c=d',
      'vault kv get secret/db',
      'vault list auth',
      'vault login',
    ],
  },
  {
    of: 'etcdctl',
    action: 'configuration_reset',
    values: '--endpoints --cacert --cert --key --user -w --write-out --command-timeout --dial-timeout',
    harmless:
      'del, member (list|add|update|promote), endpoint, snapshot (save|status), alarm list, check, lease (list|timetolive|grant|keep-alive), user (list|get|add|grant-role), role (list|get|add|grant-permission), auth status, defrag, compaction, compact, lock, elect, txn, move-leader, ls, cluster-health, mk, mkdir',
    nearer: [[/^.*\bsnapshot restore\b/, 'database_drop']],
    asks: [
      'etcdctl member remove 8e9e05c52164694d',
      'etcdctl lease revoke 32695410',
      'etcdctl auth disable',
      'etcdctl snapshot restore a.db --data-dir /var/lib/etcd',
    ],
    passes: [
      'etcdctl get / --prefix',
      'etcdctl endpoint status',
      'etcdctl snapshot save a.db',
      'etcdctl member list',
      'etcdctl del /app/flag',
    ],
  },
]
