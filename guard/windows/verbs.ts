import type { WindowsCommand } from './text.ts'
import { windowsRules } from './rules/index.ts'

/** Verbs of PowerShell that look, make, start or change one thing; learn.microsoft.com, "Approved Verbs for PowerShell Commands". */
const ordinary =
  /^(add|approve|assert|backup|build|checkpoint|compare|complete|compress|confirm|connect|convert|convertfrom|convertto|copy|debug|deploy|deny|edit|enable|enter|exit|expand|export|find|foreach|get|grant|group|hide|import|initialize|install|invoke|join|limit|lock|measure|merge|mount|move|new|open|optimize|out|ping|pop|publish|push|read|receive|redo|register|rename|repair|request|resize|resolve|restart|restore|resume|save|search|select|send|set|show|skip|sort|split|start|step|submit|switch|sync|tee|test|trace|unblock|undo|unlock|unprotect|update|use|wait|watch|where|write)-/
/** Verbs that take something away, with what they may take without a question. */
const small =
  /^(remove|clear|stop|disable|uninstall|unregister|disconnect|dismount|close|suspend|unpublish|reset|revoke|format|block|exit|protect)-(item|host|variable|job|module|psdrive|pssession|psbreakpoint|psreadline\w*|typedata|event|alias|transcript|scheduledtask|scheduledjob|process|service|vm|custom|hex|list|table|wide|string|xml|dnsclientcache|history|dnsserverresourcerecord|smbmapping|smbsession|smbopenfile|printer|printjob|netfirewallrule|netneighbor|itemproperty|content|clipboard|package|bitstransfer|diskimage|uevent|computer|netqospolicy|wmi\w+|ciminstance|cimsession|recyclebin|date|psconsole|partitionaccesspath|dedupjob|trace|website|webapppool|iissite|object|email|eventlog|scheduledtasks?|netnat|netnatstaticmapping|vmnetworkadapter|vmdvddrive|windowsdriver|mppreference|msoluserlicense|distributiongroupmember|gpo\w*|cluster\w+)$/i

/** A program may have a dash in its name too. */
const taking =
  /^(remove|clear|reset|uninstall|disable|stop|format|dismount|revoke|unregister|unpublish|block|disconnect|suspend)-/

const looked = (name: string): boolean => windowsRules.some(({ names }) => names.test(name))

/** A cmdlet that no rule knows, whose name is not one of an ordinary act. */
export const isUnclear = ({ name, shown }: WindowsCommand): boolean =>
  (taking.test(name) || /^[&\s]*[A-Z][a-z]+-[A-Z]\w+/.test(shown)) &&
  /^[a-z]+-[a-z]\w*$/.test(name) &&
  !ordinary.test(name) &&
  !small.test(name) &&
  !looked(name)
