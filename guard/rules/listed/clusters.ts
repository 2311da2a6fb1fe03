import type { Row } from './row.ts'

const whole = 'It takes a whole cluster, or this node of it, away with every workload.'

/** What ends a cluster or many of its workloads, beside kubectl, helm and docker. */
export const clusterRows: readonly Row[] = [
  {
    action: 'bulk_permission_change',
    of: 'kubectl',
    words: /\bclusterrolebinding\b.*cluster-admin\b.*system:(anonymous|unauthenticated|authenticated|serviceaccounts)/,
    because: 'Everybody would administer the cluster.',
  },
  {
    action: 'container_bulk_remove',
    of: 'kind k3d minikube',
    words: /^(delete( clusters?)?|cluster (delete|rm))\b/,
    because: whole,
  },
  {
    action: 'container_bulk_remove',
    of: 'microk8s k0s rke talosctl kubeadm kubespray',
    words: /^(reset|remove)\b/,
    because: whole,
    risk: 'critical',
  },
  {
    action: 'configuration_reset',
    of: 'microk8s k0s rke talosctl kubeadm minikube',
    words: /^(reset|remove)\b|^delete\b.*--(all|purge)/,
    because: 'It throws the configuration of this node away.',
  },
  {
    action: 'container_bulk_remove',
    of: 'k3s-agent-uninstall.sh rke2-uninstall.sh rke2-killall.sh',
    words: /^/,
    because: whole,
    risk: 'critical',
  },
  {
    action: 'configuration_reset',
    of: 'k3s-uninstall.sh k3s-agent-uninstall.sh rke2-uninstall.sh',
    words: /^/,
    because: 'It throws the configuration of this node away.',
  },
  {
    action: 'container_bulk_remove',
    of: 'nomad',
    words: /^(job )?stop\b.*-purge\b|^namespace delete\b|^node (drain|purge)\b/,
    because: 'It ends a job with all its tasks and forgets it.',
  },
  {
    action: 'container_bulk_remove',
    of: 'argocd',
    words: /\bapp(set)? delete\b|\bproj delete\b/,
    because: 'It removes an application with all its workloads.',
  },
  {
    action: 'container_bulk_remove',
    of: 'flux',
    words: /^(uninstall|delete)\b/,
    because: 'It removes what keeps workloads as they are, or the workloads.',
  },
  {
    action: 'container_bulk_remove',
    of: 'istioctl linkerd cilium',
    words: /^(uninstall|x uninstall|experimental uninstall)\b/,
    because: 'It takes the network of the cluster away.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'velero',
    words: /\b(backups?|schedules?|restores?) delete\b|^delete (backups?|schedules?)\b|^uninstall\b/,
    because: 'It removes backups.',
  },
  {
    action: 'container_bulk_remove',
    of: 'velero',
    words: /^uninstall\b/,
    because: 'It removes what makes backups of the cluster.',
  },
  {
    action: 'container_bulk_remove',
    of: 'helmfile',
    words: /\b(destroy|delete)\b/,
    because: 'It removes releases with all their workloads.',
  },
  {
    action: 'container_bulk_remove',
    of: 'kustomize skaffold tilt devspace',
    words: /^(delete|down|purge)\b/,
    because: 'It removes what it has deployed.',
  },
  {
    action: 'container_bulk_stop',
    of: 'kubectl',
    words: /^taint\b.*:NoExecute(\s|$)/,
    because: 'It drives workloads off nodes.',
  },
  {
    action: 'container_bulk_remove',
    of: 'ctr',
    words: /\b(containers?|c|tasks?|t) (rm|remove|delete|del|kill)\b/,
    many: true,
    because: 'It removes whatever a list of containers holds.',
  },
  {
    action: 'volume_or_image_prune',
    of: 'ctr',
    words: /\b(images?|i) (rm|remove|delete|del|prune)\b/,
    many: true,
    because: 'It removes whatever a list of images holds.',
  },
  {
    action: 'volume_or_image_prune',
    of: 'buildah',
    words: /^(rm|rmi|prune)\b.*(--all|-a|-f)\b/,
    because: 'It removes images in bulk.',
  },
  {
    action: 'container_bulk_remove',
    of: 'buildah',
    words: /^rm\b.*(--all|-a)\b/,
    because: 'It removes containers in bulk.',
  },
  {
    action: 'container_bulk_remove',
    of: 'portainer rancher',
    words: /\b(rm|delete|remove)\b/,
    because: 'It removes what it has deployed.',
  },
  {
    action: 'container_bulk_stop',
    of: 'crictl',
    words: /^stopp?\b/,
    many: true,
    because: 'It stops whatever a list of containers holds.',
  },
  {
    action: 'container_bulk_remove',
    of: 'docker',
    words: /^swarm leave\b/,
    because: 'It takes this node out of its swarm, with what runs here.',
  },
  {
    action: 'container_bulk_stop',
    of: 'docker',
    words:
      /^service scale\b.*=0(\s|$)|^service update\b.*--replicas[ =]0(\s|$)|^node update\b.*--availability[ =]drain\b/,
    because: 'It leaves a service, or a node, without containers.',
  },
  {
    action: 'container_bulk_stop',
    of: 'ctr',
    words: /\btasks? (kill|rm|delete)\b.*\$\(/,
    because: 'It ends whatever a list of containers holds.',
  },
  {
    action: 'container_bulk_remove',
    of: 'kubectl',
    words: /(^|\s)replace\b.*--force\b|(^|\s)apply\b.*--prune\b.*--all\b|(^|\s)apply\b.*--all\b.*--prune\b/,
    because: 'It deletes what is there, and what the description does not name.',
  },
  {
    action: 'container_bulk_remove',
    of: 'eksctl',
    words: /^delete (cluster|nodegroup)\b/,
    because: 'It takes a whole cluster, or this node of it, away with every workload.',
  },
]
