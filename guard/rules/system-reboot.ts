import { powerOf, powerVerbs } from './power.ts'
import type { Rule } from './rule.ts'

export const systemReboot: Rule = {
  action: 'system_reboot',
  programs: [
    'reboot',
    'systemctl',
    'shutdown',
    'init',
    'telinit',
    'halt',
    'poweroff',
    'kexec',
    'needs-restarting',
    'loginctl',
    'busctl',
    'dbus-send',
    'ipmitool',
    'openrc-shutdown',
    'powershell',
    'echo',
    'tee',
    'printf',
    'Restart-Computer',
    'qm',
    'do-release-upgrade',
  ],
  verbs: { systemctl: powerVerbs },
  match(call) {
    if (call.name === 'do-release-upgrade')
      return call.args.some(({ text }) => /^(-c|--check-dist-upgrade-only|-V)$/.test(text))
        ? null
        : { because: 'It replaces the whole system by its next release and restarts it.', targets: [] }
    return powerOf(call) === 'reboot' ? { because: 'It restarts the whole machine.', targets: [] } : null
  },
  act: ({ server }) => `reboot ${server}`,
  risk: 'high',
  things: 'users and services',
  downtime: '2 to 10 minutes',
  rollback: false,
  advice: () => [
    { text: 'Restart the service that needs it.', command: 'systemctl restart NAME' },
    { text: 'Restart in an hour, with a warning to everybody who is logged in.', command: 'shutdown -r +60' },
  ],
  questions: () => [{ kind: 'sessions' }, { kind: 'containers', which: 'running' }],
  counted: (answers) =>
    answers.sessions === undefined ? null : { items: answers.sessions.map((session) => `session ${session}`) },
  examples: [
    "PS4='$(reboot)' bash -xc true",
    'GIT_SSH_COMMAND=reboot git fetch',
    'git -c core.pager=reboot log',
    'tar xf x.tar -I reboot',
    'cp /sbin/reboot q; ./q',
    'reboot',
    'sudo reboot -f',
    'systemctl reboot',
    'shutdown -r now',
    'init 6',
    'telinit 6',
    'echo b > /proc/sysrq-trigger',
    'nohup sh -c "sleep 5; reboot" &',
    '/sbin/reboot',
    'shutdown --reboot +1',
    'kexec -e',
    'systemctl start reboot.target',
  ],
  nearMisses: [
    'git -c core.pager=cat log',
    "PS4='+ $LINENO: ' bash -x run.sh",
    "GIT_SSH_COMMAND='ssh -i key' git fetch",
    "tar -I 'zstd -19' -cf a.tar.zst shop",
    'last reboot',
    'cat /var/run/reboot-required',
    'systemctl status reboot.target',
    'shutdown -c',
    'echo reboot',
    'who -b',
    'needs-restarting -r',
  ],
}
