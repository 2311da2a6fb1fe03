import { powerOf, powerVerbs } from './power.ts'
import type { Rule } from './rule.ts'

export const systemShutdown: Rule = {
  action: 'system_shutdown',
  programs: [
    'shutdown',
    'poweroff',
    'halt',
    'reboot',
    'init',
    'telinit',
    'systemctl',
    'loginctl',
    'busctl',
    'dbus-send',
    'gdbus',
    'ipmitool',
    'openrc-shutdown',
    'echo',
    'tee',
    'printf',
    'Stop-Computer',
  ],
  verbs: { systemctl: powerVerbs },
  match: (call) =>
    powerOf(call) === 'shutdown'
      ? { because: 'It ends the whole machine; somebody has to start it again by hand.', targets: [] }
      : null,
  act: ({ server }) => `shut down ${server}`,
  risk: 'critical',
  things: 'users and services',
  downtime: 'until somebody starts it by hand',
  rollback: false,
  advice: () => [
    { text: 'Stop the service that has to be quiet.', command: 'systemctl stop NAME' },
    { text: 'Restart instead: it comes back by itself.', command: 'shutdown -r +60' },
  ],
  questions: () => [{ kind: 'sessions' }, { kind: 'containers', which: 'running' }],
  counted: (answers) =>
    answers.sessions === undefined ? null : { items: answers.sessions.map((session) => `session ${session}`) },
  examples: [
    'shutdown -h now',
    'shutdown now',
    'poweroff',
    'halt -p',
    'systemctl poweroff',
    'systemctl halt',
    'init 0',
    'sudo -n /usr/sbin/poweroff',
    'systemctl isolate poweroff.target',
    'echo o > /proc/sysrq-trigger',
    'systemctl suspend',
  ],
  nearMisses: [
    'shutdown -c',
    'systemctl is-active poweroff.target',
    'grep halt /etc/inittab',
    'last -x shutdown',
    'man halt',
  ],
}
