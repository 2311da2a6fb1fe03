import type { Row } from './row.ts'

const drops = 'It drops or empties a database, or a part of one.'
const destroys = 'It destroys a guest, or what was kept of it.'
const deletes = '((^|\\s)(-\\w*X ?|--request[= ]|--method[= ])?DELETE(\\s|$))'

// What looks ahead over a whole line begins with the line: from every place in it, it would take time that grows as its square.

/** What interfaces are told over HTTP, by whatever client. */
export const httpRows: readonly Row[] = [
  {
    action: 'database_drop',
    of: 'curl http https xh wget',
    words:
      /_delete_by_query|\/query\b.*q=.*\bdrop\b|\/admin\/tsdb\/delete_series|\/api\/v2\/delete\b|<delete>\s*<query>\s*\*:\*|"delete"\s*:\s*\{\s*"query"\s*:\s*"\*:\*"|\/_snapshot\/[^/\s]+\/?\S*.*-X ?DELETE/i,
    because: drops,
  },
  {
    action: 'database_drop',
    of: 'curl http https xh wget',
    words:
      /((^|\s)(-\w*X ?|--request[= ]|--method[= ])?DELETE\b)(?=.*:(9200|9201|5984|6333|7700|8108|8123|8529|9000|9090|2375|2379|8500|15672)\b)(?!.*\/(_doc|documents?|points?|key)\/|.*\/_(search\/scroll|async_search|pit)\b)/,
    because: drops,
  },
  { action: 'database_drop', of: 'http https xh', words: /^DELETE\s\S*(\/_all|\/\*|:9200\/)/, because: drops },
  {
    action: 'configuration_reset',
    of: 'curl http https xh wget',
    words: /\/api\/v2\.0\/config\/reset\b|\/redfish\/\S*(ResetToDefaults|Bios\.ResetBios)\b/,
    because: 'It resets what the machine was set up to be.',
  },
  {
    action: 'virtual_machine_destroy',
    of: 'curl http https xh',
    words: /(?<![^\n])(?=.*((^|\s)(-\w*X ?|--request[= ])?DELETE\b)).*\/api2\/json\/nodes\/\S+\/(qemu|lxc|storage)\//,
    because: destroys,
  },
  {
    action: 'container_bulk_remove',
    of: 'curl',
    words: /docker\.sock.*(\/(containers|system|images|volumes)\/prune|DELETE)/,
    because: 'It removes containers, or what they kept, past the command line.',
  },
  {
    action: 'configuration_reset',
    of: 'curl http https xh wget',
    words:
      /(?<![^\n])(?=.*((^|\s)(-\w*X ?|--request[= ]|--method[= ])?POST\b|\s(-d|--data\S*)\s)).*\S\/(_close|_purge|purge|prune|destroy|wipe|factory-?reset|shutdown|poweroff|reboot|stop-?all|truncate|drop|flush(all|db)?|_flush_all|reset-?all|delete-?all|uninstall)\/?(\?\S*)?(["']|\s|$)/i,
    unless: /\/(password|cache|sessions?|token|login|auth|_search|_cache|dns)\/|\/(password|cache)[-_/]/i,
    because: 'It tells a server to end or to throw away what it has.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'curl http https xh wget',
    words: new RegExp(deletes),
    many: 'repeated',
    because: 'It deletes whatever a list holds, over the network.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'curl http https xh wget',
    words: new RegExp(
      `(?<![^\\n])(?=.*${deletes}).*\\/(repos\\/[^/\\s]+\\/[^/\\s]+|(projects|servers|instances|volumes|buckets|databases|clusters|namespaces|realms|zones|droplets|orgs|organizations|tenants|accounts)([/?][^/\\s]+)?|(pool|disk|vm)\\/(\\w+\\/)?id\\/\\S+|_snapshot\\/\\S+)\\/?["']?(\\s|$)`,
    ),
    because: 'It deletes a whole thing with what is in it, over the network.',
  },
]
