import type { Row } from './row.ts'

const mail = 'It deletes mail in bulk.'
const zones = 'It takes names of the network away.'

/** What ends services by other tools than systemd's, and what they cannot serve without. */
export const outageRows: readonly Row[] = [
  {
    action: 'service_bulk_disable',
    of: 'openrc',
    words: /^(single|shutdown|nonetwork)\b/,
    because: 'It stops everything but a shell.',
  },
  {
    action: 'service_bulk_disable',
    of: 's6-rc',
    words: /(^|\s)-\w*d\w*\b.*\bchange\b/,
    because: 'It stops services with all that need them.',
  },
  { action: 'filesystem_bulk_delete', of: 'postsuper', words: /(^|\s)-[dD] ?ALL\b/, because: mail },
  { action: 'filesystem_bulk_delete', of: 'exim exim4', words: /(^|\s)-Mrm\b/, many: true, because: mail },
  {
    action: 'filesystem_bulk_delete',
    of: 'doveadm',
    words:
      /^(-\S+ )*(expunge\b.*(\s-A\b|\s-u ?\S*\*|\sall$)|mailbox delete\b.*(-r|\*)|obox user delete|fs delete\b.*-R)/,
    because: mail,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'cyradm cyrdeletemailbox sieveadm mailq-flush',
    words: /\bdelete\b|\bdm\b/,
    because: mail,
  },
  {
    action: 'network_interface_down',
    of: 'pdnsutil pdns_control rndc nsd-control knotc cli53 flarectl',
    words: /(^|\s)(delete-zone|zone delete|delzone|zone-purge|conf-unset zone|delete|--purge)(\s|$)/,
    because: zones,
  },
  {
    action: 'network_interface_down',
    of: 'nsupdate',
    words: /\b(update )?delete\s+\S+\s*(ANY|SOA|NS)?\s*$/im,
    fed: true,
    because: zones,
  },
  {
    action: 'configuration_reset',
    of: 'salt-key',
    words: /(^|\s)(-D|--delete-all)\b|(^|\s)(-d|--delete)[ =]?\S*\*/,
    because: 'It shuts out every machine that is managed.',
  },
  {
    action: 'configuration_reset',
    of: 'knife',
    words: /\bbulk delete\b|\bserver delete\b/,
    because: 'It removes what manages many machines.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'tarsnap',
    words: /(^|\s)--nuke\b/,
    because: 'It removes every backup of the machine.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'tarsnap',
    words: /(^|\s)-\w*d\b/,
    because: 'It removes a backup.',
  },
  {
    action: 'array_stop',
    of: 'service',
    words: /^(unraid|emhttp) stop\b/i,
    because: 'It stops the array with everything that uses it.',
  },
  {
    action: 'ssh_access_removal',
    of: 'sv',
    words: /^(-\S+ )*(d|down|stop|exit|force-stop) (\S*\/)?(sshd?|dropbear)\b/,
    because: 'Nobody can log in from afar when it has ended.',
  },
]
