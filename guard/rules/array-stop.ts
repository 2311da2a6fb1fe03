import type { Call } from '../reading/call.ts'
import { readable } from '../reading/marks.ts'
import { hasAny, readOptions } from '../reading/options.ts'
import type { Rule } from './rule.ts'

export const arrayStop: Rule = {
  action: 'array_stop',
  programs: [
    'mdadm',
    'mdcmd',
    'emcmd',
    'umount',
    'swapoff',
    'exportfs',
    'echo',
    'printf',
    'curl',
    'stopArray',
    'zpool',
    'midclt',
    'synospace',
    'tee',
  ],
  match(call) {
    const because = reasonOf(call)
    return because === null
      ? null
      : {
          because,
          targets: readOptions(call.args)
            .rest.map((arg) => readable(arg.text))
            .filter((word) => word.startsWith('/')),
        }
  },
  act: ({ targets, server }) => `stop ${targets.length === 0 ? `the array of ${server}` : targets.join(', ')}`,
  risk: 'high',
  things: 'arrays and mounts',
  downtime: '5 to 30 minutes',
  rollback: true,
  advice: () => [
    { text: 'Stop what uses the array first and see that it is quiet.', command: 'lsof +D /mnt/user' },
    { text: 'Look at the state of the array.', command: 'cat /proc/mdstat' },
  ],
  questions: () => [{ kind: 'parity' }],
  examples: [
    'mdadm --stop /dev/md0',
    'mdadm -S --scan',
    '/usr/local/sbin/mdcmd stop',
    'mdcmd nocheck',
    'umount -a',
    'umount -l /mnt/user',
    'swapoff -a && umount -af',
    'echo idle > /sys/block/md0/md/sync_action',
    'mdadm --stop --scan',
    'echo stop | tee /proc/mdcmd',
  ],
  nearMisses: [
    'mdadm --detail --scan',
    'cat /proc/mdstat',
    'mdcmd status',
    'umount /mnt/usb-stick',
    'umount /tmp/image',
    'mdadm --monitor --oneshot',
    'swapoff /swapfile',
    'mdadm --assemble --scan',
  ],
}

function reasonOf(call: Call): string | null {
  const options = readOptions(call.args, { short: 'tO' })
  const words = options.rest.map((arg) => arg.text)
  const text = call.args.map((arg) => arg.text).join(' ')
  const stops = 'It takes an array out of use under what uses it.'
  switch (call.name) {
    case 'mdadm':
      return hasAny(options, 'S', 'stop') ? stops : null
    case 'mdcmd':
    case 'emcmd':
      return /\b(stop|nocheck|clear|set invalidslot|spindown all|shutdown)\b|cmdStop/.test(text) ? stops : null
    case 'stopArray':
      return stops
    case 'umount':
      return hasAny(options, 'a', 'all', 'A', 'all-targets')
        ? 'It unmounts everything.'
        : words.some((word) =>
              /^\/(boot|home|var|usr|srv|data|mnt\/(user0?|disk[\d*?…]+|cache|data|storage|pool|tank|\*))?\/?$/.test(
                readable(word),
              ),
            )
          ? 'It takes a file system away under what uses it.'
          : null
    case 'exportfs':
      return hasAny(options, 'u') && hasAny(options, 'a') ? 'It takes every shared directory away.' : null
    case 'midclt':
      return /call (pool\.(export|remove|detach)|system\.(shutdown|reboot))/.test(text) ? stops : null
    case 'zpool':
      return words[0] === 'export' && hasAny(options, 'a') ? stops : null
    case 'curl':
      return /cmdStop=|update\.htm.*startState.*STOP/i.test(text) ? stops : null
    default: {
      const control = [...call.redirects.map(({ target }) => target.text), ...(call.name === 'tee' ? words : [])]
      return control.some((path) =>
        /\/proc\/mdcmd$|\/md\/(sync_action|array_state)$|\/sys\/(block|class\/block)\/[^/]+\/device\/(delete|state)$|\/sys\/bus\/pci\/devices\/[^/]+\/remove$/.test(
          path,
        ),
      ) && !/\b(check|active|clean|1 > 0)\b/.test(text)
        ? 'It tells the kernel to take disks or arrays out of use.'
        : null
    }
  }
}
