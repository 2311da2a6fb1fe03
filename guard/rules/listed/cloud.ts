import type { Row } from './row.ts'

const guests = 'It destroys machines, or everything that they stand on.'
const stops = 'It stops machines that a list names.'
const data = 'It deletes what is stored, in bulk.'
const databases = 'It deletes a database with what is in it.'

/** Machines, storage and databases of the clouds. */
export const cloudRows: readonly Row[] = [
  {
    action: 'virtual_machine_destroy',
    of: 'aws',
    words:
      /\b(ec2 terminate-instances|autoscaling delete-auto-scaling-group|cloudformation delete-stack|eks delete-\w+|ecs delete-(cluster|service)|lightsail delete-instance|elasticbeanstalk terminate-environment|elbv?2? delete-load-balancer|ec2 (delete-vpc|delete-subnet|deregister-image)|lambda delete-function|emr terminate-clusters)\b/,
    because: guests,
    risk: 'critical',
  },
  {
    action: 'virtual_machine_destroy',
    of: 'aws',
    words: /\bec2 (stop|reboot)-instances\b/,
    many: true,
    because: stops,
  },
  {
    action: 'database_drop',
    of: 'aws',
    words:
      /\b(rds delete-db-\w+|dynamodb delete-table|redshift delete-cluster|elasticache delete-\w+|kafka delete-\w+|docdb delete-\w+|neptune delete-\w+|(opensearch|es) delete-\w*domain|timestream-write delete-\w+|memorydb delete-\w+|kinesis delete-stream)\b/,
    because: databases,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'aws',
    words:
      /\bs3 (rm\b.*(--recursive|\*)|rb\b|(sync|mv)\b.*--delete)|\bs3api delete-(bucket|objects)\b|\b(ec2 delete-(volume|snapshot)s?|efs delete-file-system|fsx delete-\w+|backup delete-\w+|glacier delete-\w+|logs delete-log-group|ecr (delete-repository|batch-delete-image)|kms (schedule-key-deletion|disable-key)|secretsmanager delete-secret|sqs (purge-queue|delete-queue)|storagegateway delete-\w+|dlm delete-\w+|s3control delete-\w+)\b/,
    because: data,
  },
  {
    action: 'user_removal',
    of: 'aws',
    words:
      /\b(cognito-idp delete-user-pool|iam delete-(user|role|group|login-profile|access-key))\b.*?(--\w+-name (?<target>\S+))?/,
    because: 'It removes a user or a role.',
  },
  {
    action: 'firewall_flush',
    of: 'aws',
    words: /\bec2 (delete-security-group|revoke-security-group-\w+|delete-network-acl)\b/,
    because: 'It takes rules of the firewall away.',
  },
  {
    action: 'virtual_machine_destroy',
    of: 'gcloud',
    words:
      /\b(instances|instance-groups|instance-templates|clusters|projects|node-pools|services|functions|deployments) (managed )?delete\b|\binstance-groups managed (delete|delete-instances)\b/,
    because: guests,
    risk: 'critical',
  },
  {
    action: 'virtual_machine_destroy',
    of: 'gcloud',
    words: /\binstances (stop|suspend|reset)\b/,
    many: true,
    because: stops,
  },
  {
    action: 'database_drop',
    of: 'gcloud',
    words: /\b(sql|spanner|bigtable|firestore|redis|alloydb)\b.*\bdelete\b/,
    because: databases,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'gcloud',
    words:
      /\bstorage (rm\b|buckets delete|rsync\b.*--delete)|\bcompute (disks|snapshots|images) delete\b|\bfilestore\b.*\bdelete\b|\b(kms|secrets)\b.*\b(destroy|delete)\b/,
    because: data,
  },
  {
    action: 'user_removal',
    of: 'gcloud',
    words: /\biam (service-accounts|roles) delete\b/,
    because: 'It removes an account.',
  },
  {
    action: 'firewall_flush',
    of: 'gcloud',
    words: /\bfirewall-rules delete\b/,
    because: 'It takes rules of the firewall away.',
  },
  {
    action: 'virtual_machine_destroy',
    of: 'az',
    words:
      /^(vm|vmss|group|aks|container|containerapp|webapp|functionapp|appservice plan|resource|network vnet) delete\b/,
    because: guests,
    risk: 'critical',
  },
  {
    action: 'virtual_machine_destroy',
    of: 'az',
    words: /^(vm|vmss) (stop|deallocate|restart)\b/,
    many: true,
    because: stops,
  },
  {
    action: 'database_drop',
    of: 'az',
    words: /^(sql|cosmosdb|postgres|mysql|mariadb|redis|kusto)\b.*\bdelete\b/,
    because: databases,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'az',
    words:
      /^(storage|disk|snapshot|backup|acr|keyvault|dls|netappfiles|image)\b.*\b(delete|delete-batch|purge|remove)\b/,
    because: data,
  },
  {
    action: 'user_removal',
    of: 'az',
    words: /^ad (user|sp|app|group) delete\b|^role assignment delete\b/,
    because: 'It removes an account.',
  },
  {
    action: 'firewall_flush',
    of: 'az',
    words: /^network nsg (rule )?delete\b/,
    because: 'It takes rules of the firewall away.',
  },
  {
    action: 'virtual_machine_destroy',
    of: 'hcloud',
    words: /\bserver (delete|rebuild|poweroff|reset)\b(.*?\s(?<target>[\w-]+)$)?/,
    because: guests,
  },
  { action: 'virtual_machine_destroy', of: 'hcloud', words: /\bserver (shutdown|stop)\b/, many: true, because: stops },
  {
    action: 'filesystem_bulk_delete',
    of: 'hcloud',
    words: /\b(volume|image|storage-box) (delete|reset)\b/,
    because: data,
  },
  {
    action: 'firewall_flush',
    of: 'hcloud',
    words: /\bfirewall (delete|delete-rule|remove-from-resource|replace-rules)\b/,
    because: 'It takes rules of the firewall away.',
  },
  {
    action: 'virtual_machine_destroy',
    of: 'doctl',
    words: /\b(droplet|droplet-action|cluster|apps?|load-balancer) (delete|rm|d|destroy|rebuild|power-off)\b/,
    because: guests,
  },
  { action: 'database_drop', of: 'doctl', words: /\b(databases?|db|dbs) (delete|rm|d)\b/, because: databases },
  {
    action: 'filesystem_bulk_delete',
    of: 'doctl',
    words: /\b(volume|snapshot|registry|image) (delete|rm|d)\b/,
    because: data,
  },
  {
    action: 'virtual_machine_destroy',
    of: 'linode-cli linode',
    words: /\blinodes (delete|rebuild)\b|\blke cluster-delete\b/,
    because: guests,
  },
  { action: 'virtual_machine_destroy', of: 'scw', words: /\b(server|cluster) (delete|terminate)\b/, because: guests },
  {
    action: 'virtual_machine_destroy',
    of: 'vultr-cli vultr',
    words: /\b(instance|bare-metal|kubernetes) (delete|reinstall)\b/,
    because: guests,
  },
  { action: 'virtual_machine_destroy', of: 'nova', words: /^(delete|force-delete|rebuild)\b/, because: guests },
  {
    action: 'virtual_machine_destroy',
    of: 'oci',
    words: /\b(instance terminate|cluster delete|compartment delete)\b/,
    because: guests,
  },
  {
    action: 'virtual_machine_destroy',
    of: 'ibmcloud exo upctl civo flyctl fly cloudscale',
    words:
      /\b(instance|server|compute|machine|machines|cluster|apps?|k3s)s?\b.*\b(delete|destroy|terminate|remove|rm)\b/,
    because: guests,
  },
  { action: 'virtual_machine_destroy', of: 'eksctl kops', words: /^delete\b/, because: guests, risk: 'critical' },
  {
    action: 'virtual_machine_destroy',
    of: 'terraform tofu terragrunt',
    words: /(^|\s)-?-?destroy(-all)?\b|^state rm\b|^workspace delete\b/,
    unless: /(^|\s)plan\b|^(fmt|validate|show|output)\b/,
    because: 'It destroys what it has made, or forgets it.',
    risk: 'critical',
  },
  {
    action: 'virtual_machine_destroy',
    of: 'pulumi',
    words: /^(destroy|down|stack rm)\b/,
    because: 'It destroys what it has made.',
    risk: 'critical',
  },
  {
    action: 'virtual_machine_destroy',
    of: 'cdk sls serverless sam copilot',
    words: /^(destroy|remove|delete|app delete|env delete)\b/,
    because: 'It destroys what it has made.',
  },
  {
    action: 'virtual_machine_destroy',
    of: 'heroku',
    words: /^(apps:destroy|apps:delete|destroy|ps:scale\s+\w+=0)\b/,
    because: 'It destroys an application with its data.',
  },
  {
    action: 'database_drop',
    of: 'heroku',
    words: /^(pg:reset|redis:reset|addons:destroy|pg:copy|pg:restore|pg:push)\b/,
    because: databases,
  },
  {
    action: 'virtual_machine_destroy',
    of: 'juju',
    words: /^(destroy-\w+|kill-controller|remove-(application|machine|unit))\b/,
    because: guests,
  },
]
