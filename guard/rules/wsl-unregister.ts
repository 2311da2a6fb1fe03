import { readOptions } from '../reading/options.ts'
import { readable } from '../reading/marks.ts'
import type { Rule } from './rule.ts'

export const wslUnregister: Rule = {
  action: 'wsl_unregister',
  programs: ['wsl', 'wslconfig', 'ubuntu', 'debian'],
  match(call) {
    const words = call.args.map((arg) => arg.text.toLowerCase())
    const { rest } = readOptions(call.args)
    const targets = rest.map((arg) => readable(arg.text))
    if (words.includes('--unregister') || words.includes('/u') || words.includes('/unregister'))
      return {
        because: 'It deletes a Linux distribution with everything in it.',
        targets: targets.filter((word) => !word.startsWith('/')),
      }
    if (words.includes('--uninstall')) return { because: 'It removes WSL from Windows.', targets }
    if (words.includes('--shutdown') || words.includes('--terminate') || (call.name === 'wsl' && words[0] === '-t'))
      return { because: 'It ends running distributions with everything in them.', targets, risk: 'high' }
    return null
  },
  act: ({ targets }) => `unregister distribution ${targets[0] ?? 'without a name'}`,
  risk: 'critical',
  things: 'distributions',
  downtime: 'until restored from backup',
  rollback: false,
  advice: ({ targets }) => [
    {
      text: 'Export the distribution first.',
      command: `wsl --export ${targets[0] ?? 'NAME'} C:\\backup\\${targets[0] ?? 'NAME'}.tar`,
    },
    { text: 'Set another default and keep this one.', command: 'wsl --set-default OTHER' },
  ],
  examples: [
    'wsl --unregister Ubuntu',
    'wsl.exe --unregister Ubuntu-22.04',
    'cmd.exe /c "wsl --unregister Ubuntu"',
    'wslconfig /u Ubuntu',
    'wsl --shutdown',
    'powershell.exe -Command "wsl --unregister Debian"',
  ],
  nearMisses: [
    'wsl --list --verbose',
    'wsl --status',
    'wsl --export Ubuntu ubuntu.tar',
    'wsl -d Ubuntu -- ls',
    'wsl --update',
  ],
}
