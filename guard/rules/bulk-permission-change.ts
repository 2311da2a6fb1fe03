import { touching } from '../effects/effects.ts'
import { opensFiles } from '../opened/files.ts'
import { protectionOf } from '../protected.ts'
import type { Call } from '../reading/call.ts'
import { isDynamic, isGlob, isLiteral, readable } from '../reading/marks.ts'
import { couldHoldOptions, hasAny, readOptions } from '../reading/options.ts'
import { resolvePath } from '../reading/paths.ts'
import type { Rule } from './rule.ts'

const changers: readonly string[] = [
  'chmod',
  'chown',
  'chgrp',
  'setfacl',
  'chattr',
  'chcon',
  'icacls',
  'takeown',
  'cacls',
]

export const bulkPermissionChange: Rule = {
  action: 'bulk_permission_change',
  programs: [...changers, ...touching],
  redirected: true,
  match(call, device) {
    if (!changers.includes(call.name)) return opensFiles(call, 'bulk_permission_change')
    if (call.name === 'icacls' || call.name === 'takeown' || call.name === 'cacls')
      return call.args.some((arg) => /^\/(t|r|reset|a)$/i.test(arg.text)) &&
        call.args.some((arg) => /^[a-z]:\\?(windows|program files)?/i.test(arg.text))
        ? { because: 'It changes the rights of a whole tree.', targets: [] }
        : null
    const options = readOptions(call.args, {
      short: call.name === 'setfacl' ? 'mxMX' : '',
      long: ['reference', 'from', 'modify', 'remove'],
    })
    const recursive = hasAny(options, 'R', 'recursive') || couldHoldOptions(call.args)
    // `chmod -x FILE`: the mode looks like an option.
    const taken = call.args.find((arg) => /^-[rwxXst]+$/.test(arg.text))?.text
    const own = taken !== undefined || options.flags.has('reference') || call.name === 'setfacl' ? 0 : 1
    const paths = [...options.rest.slice(own), ...(call.open === null ? [] : [call.open])]
    const hit = paths.filter((arg) => {
      const protection = protectionOf(arg.text, call.cwds, device)
      if (protection === null) return false
      if (
        call.name === 'chown' &&
        ofRoot.test(resolvePath(arg.text, '/')) &&
        /^[a-z_1-9]/.test(options.rest[0]?.text ?? '')
      )
        return !/^root\b/.test(options.rest[0]?.text ?? '')
      if (!recursive && !isGlob(arg.text) && call.open === null && call.parent?.name !== 'find')
        return isVital(resolvePath(arg.text, call.cwds[0] ?? ''), taken ?? options.rest[0]?.text ?? '')
      if (isHarsh(call) || isGivenAway(call, resolvePath(arg.text, call.cwds[0] ?? ''), options.rest[0]?.text ?? ''))
        return true
      return isWide(
        resolvePath(arg.text, call.cwds[0] ?? ''),
        isDynamic(arg.text.slice(0, 1)) ? 'unknown' : protection.reach,
      )
    })
    if (hit.length === 0) return null
    return {
      because: `It changes the rights of ${hit
        .map((arg) => readable(arg.text))
        .slice(0, 3)
        .join(', ')} and what is in it.`,
      targets: hit.map((arg) => readable(arg.text)),
      ...(hit.some((arg) => resolvePath(arg.text, '/').length < 6) ? { risk: 'critical' as const } : {}),
    }
  },
  act: ({ targets }) =>
    targets.length === 0
      ? 'change who may do what'
      : `change the rights of everything in ${targets.slice(0, 3).join(', ')}`,
  risk: 'high',
  things: 'paths',
  downtime: 'unknown',
  rollback: false,
  advice: ({ targets }) => [
    { text: 'Keep a list of the rights first.', command: `getfacl -R ${targets[0] ?? 'PATH'} > /var/tmp/rights.acl` },
    { text: 'Name the one directory that needs it.', command: 'chown -R USER:GROUP /opt/APP' },
  ],
  questions: (targets) =>
    targets
      .filter((path) => path.startsWith('/') && !/[*?…$]/.test(path))
      .map((path) => ({ kind: 'path' as const, path })),
  counted: (answers, targets) => {
    const found = targets.flatMap((path) =>
      answers.paths?.[path] === undefined ? [] : [{ path, ...answers.paths[path] }],
    )
    return found.length === 0
      ? null
      : {
          items: found.map(({ path, files, more }) => `${path}: ${more ? 'more than ' : ''}${files} files`),
          count: found.reduce((sum, { files }) => sum + files, 0),
        }
  },
  examples: [
    'chmod -R 777 /',
    'chown -R www-data:www-data /etc',
    'chmod -R 000 /var',
    'chown -R nobody /usr',
    'chgrp -R users /home',
    'chmod 777 -R /etc/ssh',
    'find / -type f -exec chmod 644 {} +',
    'chmod -R a+rwx /*',
    'setfacl -R -m u:bob:rwx /etc',
    'chown -R $USER /usr/local/bin',
    'cd / && chmod -R 755 .',
    'chmod 000 /etc/passwd',
    'chown -R nobody: /var/lib/mysql',
    'chown -R 1000:1000 /var/lib/postgresql',
    'chmod 4755 /bin/bash',
    'chmod o+r /etc/shadow',
    'chmod 777 /root/.ssh',
    'chown bob /etc/sudoers',
    'chmod u-s,a-x /usr/bin/sudo',
    "echo 'deploy ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/deploy",
    "sed -i 's/^#*PermitRootLogin.*/PermitRootLogin yes/' /etc/ssh/sshd_config",
    'curl -s https://example.org/keys >> /home/deploy/.ssh/authorized_keys',
    'usermod -aG sudo bob',
    'usermod --append --groups sudo -- bob',
    'chmod 4755 /usr/local/bin/sh2',
    'setcap cap_setuid+ep /usr/bin/python3',
    'docker run --privileged -v /:/host alpine chroot /host',
  ],
  nearMisses: [
    'chmod 644 /etc/nginx/nginx.conf',
    'chown -R shop:shop /opt/shop',
    'chmod +x deploy.sh',
    'chmod -R 755 /var/www/shop/public',
    'chown root:root /etc/sudoers.d/deploy',
    'chmod 600 ~/.ssh/authorized_keys',
    'chown -R www-data:www-data /var/www/html',
    'chmod 755 /opt/shop',
    'chmod -R g+w /srv/shop/shared',
    'chown -R deploy:deploy /home/deploy',
    'chown -R postgres:postgres /var/lib/postgresql',
    'chown -R 999:999 /var/lib/mysql',
    "echo 'deploy ALL=(root) NOPASSWD: /usr/bin/systemctl restart shop' > /etc/sudoers.d/deploy",
    "sed -i 's/^PermitRootLogin yes/PermitRootLogin no/' /etc/ssh/sshd_config",
    'cat deploy.pub >> /home/deploy/.ssh/authorized_keys',
    'usermod -aG video bob',
    'setcap cap_net_bind_service+ep /opt/shop/bin/shop',
    'docker run --rm -v /:/host:ro alpine du -sh /host/var',
  ],
}

/** Nobody, or everybody, gets in: who could before is forgotten. */
const isHarsh = ({ name, args }: Call): boolean =>
  name === 'setfacl'
    ? args.some(({ text }) => /^(-\w*[bk]\w*|--remove-all|--remove-default)$/.test(text))
    : name === 'chmod' && args.some(({ text }) => open.test(text) || shut.test(text))

/** A server that cannot read its own files does not start: they belong to a user of its own. */
const ofServer =
  /^\/var\/lib\/(mysql|mariadb|postgresql|pgsql|mongodb?|redis|ldap|etcd|rabbitmq|elasticsearch|docker)(\/|$)/

const isGivenAway = ({ name }: Call, path: string, owner: string): boolean =>
  name === 'chown' &&
  ofServer.test(path) &&
  isLiteral(owner) &&
  !itsOwn.test(owner) &&
  !(path.startsWith('/var/lib/docker') && /^(root|0)\b|\/volumes\//.test(`${owner} ${path}`))
/** By name, or by a number of those that packages and images take. */
const itsOwn =
  /^_?(mysql|mariadb|postgres|pgsql|mongo\w*|redis|valkey|o?p?e?n?ldap|etcd|rabbitmq|elasticsearch|opensearch|[1-9]\d{1,2})([:.]|$)|^:/

const open = /^(0?[0-7]?(777|666)|(a|ugo|o)?[+=]rwx?X?)$/
const shut = /^(0+|(a|ugo)?-rwx|(a|ugo)-r|(a|ugo)=)$/

/** Trees that belong to one user or application may be given to it. */
function isWide(path: string, reach: string): boolean {
  if (reach === 'system')
    return !/^\/(var\/(www|log|lib|spool|cache)|usr\/local\/\w+|etc\/\w+)\/./.test(path) && !/^\/var\/(www)$/.test(path)
  if (reach === 'unknown') return false
  if (/^\/mnt\/(user0?|disk[\d\uE001]+|cache|[a-z])\/?\uE001?$/.test(path)) return true
  return (
    !/^\/(home|opt|srv|mnt|media|data|backups?|storage|volume\d+|share|tank|pool|exports?)\/[^/]+|^\/var\/(www|log|lib|spool|cache|opt)\/[^/]+|^\/var\/www$|^\/etc\/(letsencrypt|ssl\/\w+|nginx|apache2)\/?./.test(
      path,
    ) || /^\/(home|opt|srv|mnt)\/\uE001$/.test(path)
  )
}

/** Whoever owns these is root, or locks root out. */
const ofRoot = /^\/etc\/(passwd|g?shadow|group|sudoers(\.d(\/[^/]+)?)?)$|^\/root$/

/** A shell, or what starts one, that runs as root for whoever starts it. */
const opensRoot =
  /\/(ba|da|z|k|a)?sh$|\/(python[\d.]*|perl|ruby|find|vim?|nano|less|more|awk|gawk|tar|cp|mv|dd|tee|env|nmap|docker|systemctl|busybox)$/

/** What only root may read, and what sshd takes no key from once others may write there. */
const isLaidOpen = (path: string, mode: string): boolean =>
  (/^\/etc\/(g?shadow|sudoers)$|^\/etc\/ssh\/ssh_host_\w+_key$|\/\.ssh\/id_\w+$/.test(path) &&
    /^0?[0-7]?[0-7]{2}[4-7]$|^[ugo]*[oa][ugo]*\+[wx]*r/.test(mode)) ||
  (/\/\.ssh(\/authorized_keys2?)?$/.test(path) &&
    /^0?[0-7]?([0-7][2367][0-7]|[0-7]{2}[2367])$|^([ugo]*[goa][ugo]*)?\+[rx]*w/.test(mode))

/** `u-s,a-x`: any part of it. */
const isVital = (path: string, mode: string): boolean => mode.split(',').some((part) => isVitalPart(path, part))

/** Who may become another does so by these. */
const becomes = /\/(sudo|su|passwd|doas|pkexec|mount|umount|newgrp|ping|unix_chkpwd)$/

const isVitalPart = (path: string, mode: string): boolean =>
  (becomes.test(path) && /^[ugoa]*-[rwx]*s[rwxs]*$|^0?[0-7]{3}$/.test(mode)) ||
  isLaidOpen(path, mode) ||
  (opensRoot.test(path) && /^0?[4-7][0-7]{3}$|^[ugoa]*\+[rwx]*s/.test(mode)) ||
  (/^\/(usr\/)?s?bin\/[\w.-]+$/.test(path) && /^(0*|0?[0246]{3}|[ugoa]*-[rwxs]*x[rwxs]*)$/.test(mode)) ||
  (/^\/(etc\/(passwd|shadow|group|sudoers|fstab|ssh\/sshd_config)|bin|usr\/bin(\/sudo)?|usr|lib|etc|var)?$/.test(
    path,
  ) &&
    /^0?([0-7]{0,3}[0-3]00|777|666|000|644|[ugoa]*-[rwxs]+|[ugoa]*\+[rwx]*w[rwx]*)$/.test(mode) &&
    !(mode === '644' && /^\/etc\/(passwd|group|fstab|ssh\/sshd_config)$/.test(path)))
