import type { Row } from './row.ts'

/** What ends services by other tools than systemd's. */
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
