import { text, when, type WindowsRule } from './rule.ts'

const tries = /(^|\s)(\/\?|-\?|help)(\s|$)/

/** Programs of Windows that end or take something away by a word of theirs. */
export const programs: readonly WindowsRule[] = [
  {
    action: 'configuration_reset',
    names: /^net1?$/,
    because: when(
      /^(share|session|file|computer|accounts)\b.*\/(delete|close|del)\b/,
      'It takes a share, or who uses it, away.',
    ),
  },
  {
    action: 'service_bulk_disable',
    names: /^iisreset$/,
    because: when(/\/(stop|disable|reboot)/, 'It stops every site of the machine.'),
  },
  {
    action: 'service_bulk_disable',
    names: /^appcmd$/,
    because: when(/^(delete|stop|unlock|clear|reset)\b/, 'It takes a site off the network.'),
  },
  {
    action: 'user_removal',
    names: /^(logoff|tsdiscon|rwinsta|reset)$/,
    because: (command) =>
      tries.test(text(command)) || (command.name === 'reset' && !/^session\b/.test(text(command)))
        ? null
        : 'It ends the session of somebody with what runs in it.',
  },
  {
    action: 'configuration_reset',
    names: /^(ntdsutil|dsmgmt)$/,
    because: when(/cleanup|remove|restore|reset|delete|seize|transfer/, 'It changes the directory of the domain.'),
  },
  {
    action: 'configuration_reset',
    names: /^(nltest|netdom|setspn|dcpromo|dsmod|djoin|w32tm|klist|cmdkey|nbtstat)$/,
    because: when(
      /\/sc_(reset|change_pwd)|^(remove|reset|resetpwd|renamecomputer|trust\b.*\/remove)\b|(^|\s)-d\s|\/demote|-disabled yes|\/unregister|\/delete:/,
      'It takes a machine or a name out of the domain.',
    ),
  },
  {
    action: 'configuration_reset',
    names: /^certutil$/,
    because: when(
      /^-?(-f\s+)?[-/](delstore|delkey|deletehello\w*|cleanup\w*|revoke|delreg|shutdown)\b/,
      'It removes certificates or keys.',
    ),
  },
  {
    action: 'disk_format',
    names:
      /^(fsutil|repair-bde|manage-bde|mountvol|convert|label|diskraid|clean|sdelete(64)?|chkntfs|refsutil|defrag)$/,
    because: when(
      /\bsetzerodata\b|\bsetvaliddata\b|\bdismount\b|\busn deletejournal\b|\breparsepoint delete\b|\bdeleteprofile\b|^[a-z]: [a-z]: -|-off\b|-protectors -d\w+|-wipe\w*|-forcerecovery|-lock\b|\/[dp]$|(^|\s)-[czp]\b.*[a-z]:/,
      'It makes what is on a disk unreadable.',
    ),
  },
  {
    action: 'virtual_machine_destroy',
    names: /^(remove|stop|suspend|reset|clear)-(cluster\w*|storage\w+|vmreplication|vmswitch\w*)$/,
    because: 'It takes a part of a cluster, or of what it stands on, away.',
  },
  {
    action: 'user_removal',
    names:
      /^(remove|clear|reset|disable)-(gpo|gplink|gpregistryvalue|adobject|adorganizationalunit|adcomputer|mailbox|distributiongroup|msoluser|mguser|mggroup|azadapplication|unifiedgroup)$/,
    because: 'It removes people, or what holds for them, from the directory.',
  },
]
