import type { Closed } from './closed.ts'

/** What makes and destroys machines elsewhere. */
export const clouds: readonly Closed[] = [
  {
    of: 'aws awslocal',
    action: 'virtual_machine_destroy',
    values:
      '--profile --region --output --query --endpoint-url --cli-connect-timeout --cli-read-timeout --ca-bundle --color',
    harmless:
      's3 (ls|cp|mb|presign|website|sync|mv|rm), (configure|sso|sts|history|ecr-public) .*, \\S+ (list|describe|get|create|head|batch-get|wait|start|run|update|modify|tag|untag|attach|associate|copy|import|export|register|enable|add|search|lookup|query|scan|select|filter|test|validate|verify|simulate|estimate|preview|assume|decode|encrypt|decrypt|generate|sign|publish|send|receive|invoke|resume|subscribe|authorize|allocate|put|admin-get|admin-list|admin-create|transact|poll|upload|download|request|accept|initiate|complete|continue|confirm|renew|issue|retry|rotate|reboot|stop|monitor|provision|promote|deploy|package|install|ls|tail|log|login|rebuild|merge|join|share|unarchive|archive|discover|detect|classify|translate|synthesize|analyze|compare|count|convert|change|cloudtrail|index)(-\\S+)?, dynamodb (delete-item|batch-write-item), ecr get-login\\S*',
    strict: true,
    never:
      /\bput-bucket-(lifecycle|policy)\S*|\bput-lifecycle\S*|--(desired-capacity|desired-count|max-size|min-size)[= ]0\b|\bput-public-access|\bstop-(db|pipeline|logging|configuration-recorder|replication)\S*|\breboot-db\S*|\bmodify-db\S*.*--no-deletion-protection|--no-enable-deletion-protection/,
    nearer: [
      [/^(iam|cognito\S*)\b/, 'user_removal'],
      [/^(rds|dynamodb|redshift|elasticache|docdb|neptune)\b/, 'database_drop'],
      [/^(s3|s3api|backup|ecr|efs|fsx|glacier|kms|secretsmanager|logs)\b/, 'filesystem_bulk_delete'],
      [/security-group|network-acl/, 'firewall_flush'],
      [/^(route53|cloudfront|elb\S*)\b|vpc|route|address|gateway/, 'network_interface_down'],
    ],
    asks: [
      'aws route53 delete-hosted-zone --id Z1',
      'aws ec2 release-address --allocation-id e',
      'aws ec2 detach-volume --volume-id v',
      'aws rds failover-db-cluster --db-cluster-identifier p',
      'aws sns unsubscribe --subscription-arn a',
      'aws cloudtrail stop-logging --name t',
    ],
    passes: [
      'aws sts get-caller-identity',
      'aws ec2 describe-instances',
      'aws s3 ls s3://b',
      'aws ec2 create-snapshot --volume-id v',
      'aws ec2 terminate-instances --dry-run --instance-ids i',
      'aws eks update-kubeconfig --name c',
    ],
  },
  {
    of: 'gcloud az oci doctl hcloud openstack nova cinder glance neutron linode-cli linode scw vultr-cli vultr ibmcloud exo upctl civo ovhcloud cloudscale aliyun tccli metal equinix avn ccloud confluent atlas',
    action: 'virtual_machine_destroy',
    values:
      '--project --account --configuration --region --zone --profile --compartment-id -t --access-token --context -c --config -g --resource-group --subscription --os-cloud --output -o --format --query',
    harmless:
      'config, auth (list|login|print\\S*|application-default|configure-docker|activate-service-account|init|switch|remove), account (clear|show|list|set|get\\S*), components, topic, \\S+( \\S+)* (kubeconfig|get-credentials|credentials|enable-protection|change-type|poweron|power-on|reboot|soft-reboot|shutdown|stop|suspend), sts, iam (get-policy|policies)',
    never:
      /\b(vm|vmss|instances?|server|droplet|droplet-action|compute)\b.*\b(stop|suspend|shutdown|reboot)\b.*--(all|ids)\b|\bauth revoke\b/,
    nearer: [
      [/\b(iam|ad|user|role|account|service-accounts?)\b/, 'user_removal'],
      [/\b(sql|database|databases|db|dbs|spanner|bigtable|firestore|cosmosdb|redis)\b/, 'database_drop'],
      [
        /\b(storage|disks?|snapshots?|volumes?|images?|backups?|buckets?|keyvault|object|os|bv|kms|secrets)\b/,
        'filesystem_bulk_delete',
      ],
      [/\b(firewall\S*|nsg|security-group\S*)\b/, 'firewall_flush'],
      [/\b(network|vnet|dns|router\S*|address\S*|subnets?|domain|vpc|ip)\b/, 'network_interface_down'],
    ],
    asks: [
      'gcloud dns managed-zones delete z1',
      'az network vnet delete -g rg -n v',
      'az lock delete --name n',
      'hcloud network delete n1',
      'oci db autonomous-database delete --id x',
      'openstack server delete web01',
      'doctl kubernetes cluster delete k1',
      'openstack project purge --project p',
    ],
    passes: [
      'gcloud compute instances list',
      'az vm list -d -o table',
      'hcloud server describe web1',
      'oci os object list --bucket-name b',
      'openstack server list',
      'doctl compute droplet list',
      'az group show -n rg',
      'gcloud auth list',
      'az login',
    ],
  },
  {
    of: 'fly flyctl heroku vercel netlify wrangler railway render supabase neonctl neon pscale turso firebase eb copilot sam cdk sls serverless amplify dokku cloudflared ngrok juju maas planetscale wasp',
    action: 'virtual_machine_destroy',
    harmless:
      'apps, ps, pg, pg:(info|psql|wait|credentials|backups|connection|promote|diagnose|ps|locks|outliers|bloat), releases, addons, domains, certs, regions, machines?, volumes?, ips, secrets, postgres, redis, tail, dev, pages, r2, kv, d1, deployments?, env, inspect, ls, bucket, branches, databases?, db, tunnel, service, projects?, whoami, pull, link, dev, serve, hosting:(channel:list|channel:create|sites:list), functions:(list|log|config:get), (config|domains|git|nginx|proxy|ports|checks|storage|logs|certs|builder|buildpacks|letsencrypt|postgres|mysql|redis|mongo|cron|resource|registry|docker-options|network|maintenance):(\\S*list|report|set|get|show|add|info|logs|create|link|expose|connect|export|enable|build|start|restart|on|off|unset|keys|backup|backups|mount), ps:(report|scale|restart|rebuild|start|inspect), access, ssh-keys, add-unit, bootstrap, controllers, models, machines, status, proxy, synth, bootstrap, ls, doctor, bundle, dash\\S*, sync, logs, svc (ls|show|deploy|init|logs|exec), remove',
    never:
      /\bdestroy|\bdelete|\bkill|:reset\b|\bpurge\b|\bterminate\b|\bdb reset\b|\bscale\b.*=0\b|\b(apps?|pg|postgres|redis|projects?|database|db|volumes?|bucket|svc|env|deployments?|branches|tunnel|kv|r2|d1|pages|service|machines?|domains?|ips|addons) (rm|remove|drop|reset|suspend|stop|detach|unset|release|cleanup)\b|:remove\b|:stop\b|\bremove-(unit|application|machine|relation|cloud|credential|saas|storage|user)|^(remove|rm|down)\b|\bmachine release\b|hosting:disable/,
    nearer: [
      [/\b(db|database|databases|pg|postgres|redis|mongo|mysql|d1)\b|pg:|postgres:/, 'database_drop'],
      [/\b(bucket|volumes?|r2|storage)\b/, 'filesystem_bulk_delete'],
    ],
    asks: [
      'dokku apps:destroy shop --force',
      'dokku ps:stop shop',
      'flyctl apps destroy shop -y',
      'supabase db reset --linked',
      'turso db destroy shop',
      'wrangler r2 bucket delete b',
      'juju remove-unit postgresql/0',
      'pscale database delete shop',
      'vercel remove shop --yes',
      'cloudflared tunnel delete -f web',
      'netlify sites:delete 1',
    ],
    passes: [
      'dokku apps:list',
      'flyctl status -a shop',
      'heroku logs -t',
      'wrangler tail api',
      'supabase status',
      'juju status',
      'vercel ls',
      'cloudflared tunnel list',
      'cdk diff',
    ],
  },
  {
    of: 'terraform tofu terragrunt',
    action: 'virtual_machine_destroy',
    harmless:
      'show, import, version, login, logout, test, apply, state (list|show|pull|replace-provider), workspace (list|show|new|select), providers, graph, get, untaint, metadata, hclfmt, hcl, output, run-all (plan|validate|output|init|apply|hclvalidate), graph-dependencies, render-json, stack, find, catalog, scaffold, console, plan, validate, fmt, refresh, init',
    strict: true,
    // In production, what nobody has read as a plan.
    never: /^(?!.*\bplan\b).*(-destroy\b|\s-replace=)|^apply\b.*\bdestroy|\bprod(uction)?\b.*\bapply\b.*-auto-approve/,
    risk: 'critical',
    asks: [
      'terraform apply -replace=aws_db_instance.main -auto-approve',
      'terraform -chdir=envs/prod apply -auto-approve',
      'terraform state rm module.db',
      'terraform taint aws_instance.web',
      'terraform state push old.tfstate',
      'tofu workspace delete prod',
    ],
    passes: [
      'terraform plan -destroy',
      'terraform apply',
      'terraform state list',
      'terraform output -json',
      'terraform show',
      'terraform import a.b c',
      'terraform version',
      'terraform login',
      'terraform test',
    ],
  },
  {
    of: 'pulumi',
    action: 'virtual_machine_destroy',
    values: '-s --stack -C --cwd --color',
    never: /^(-\S+ )*stack import\b/,
    harmless:
      'up, stack( (ls|init|select|output|export|history|graph|tag))?$, stack (ls|init|select|output|export|history|graph), about, plugin (ls|install), env (ls|get|open|init|run|set), org, schema, package, convert, gen-completion, query, state unprotect',
    risk: 'critical',
    asks: [
      'pulumi stack rm prod --force --yes',
      'pulumi cancel -y',
      'pulumi state delete urn:a',
      'pulumi stack import --file old.json',
    ],
    passes: ['pulumi preview --diff', 'pulumi up', 'pulumi stack ls', 'pulumi whoami'],
  },
]
