import { automaticUpdatesOf, isMaskedByHand } from '../../commands/automatic-updates.ts'
import { automaticUpdates, listsAreFresh, rebootFor, upgrades } from '../../commands/audit/updates.ts'
import { unitFiles } from '../../commands/audit/units.ts'
import type { Upgrade } from '../../commands/upgrades.ts'
import { type Area, cis, fail, noneOf, notApplicable, pass, passIf, unreadable, warn } from './check.ts'

const shown = ({ name, to }: Upgrade): string => `${name} to ${to}`
/** With the tool that the host has: the check does not know which. */
const upgradeAll = {
  run: 'if command -v apt-get > /dev/null; then apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y upgrade; else dnf -q -y upgrade; fi',
}
const fetchLists = { run: 'if command -v apt-get > /dev/null; then apt-get -q update; else dnf -q makecache; fi' }
const cannotAsk = notApplicable("this host's package tool cannot be asked without changing what it knows")
const silent = unreadable('apt or dnf did not answer')
const aptTimers = automaticUpdatesOf('apt')?.timers ?? []
const dnfTimers = ['dnf-automatic.timer', 'dnf-automatic-install.timer', 'dnf5-automatic.timer']

const maskedTimers = (tool: string | null, units: ReadonlyMap<string, string> | null): readonly string[] =>
  (tool === 'unattended-upgrade' ? aptTimers : dnfTimers).filter((name) => units?.get(name)?.startsWith('masked'))

/** Whether what is known to be weak has been mended. */
export const updates: Area = {
  area: 'updates',
  checks: [
    {
      id: 'updates.security',
      title: 'No security update waits',
      severity: 'high',
      setting: 'security updates',
      wanted: 'none pending',
      reads: [upgrades],
      judge(see) {
        const pending = see(upgrades)
        if (pending === null) return cannotAsk
        if (pending === 'no_answer') return silent
        return noneOf(pending.filter(({ security }) => security).map(shown), {
          none: 'none, by the lists of packages that the host has',
          some: 'pending',
        })
      },
      remedy: 'Install the updates.',
      fix: upgradeAll,
      reference: cis('1.2.2.1'),
    },
    {
      id: 'updates.others',
      title: 'No other update waits',
      severity: 'low',
      setting: 'other updates',
      wanted: 'none pending',
      reads: [upgrades],
      judge(see) {
        const pending = see(upgrades)
        if (pending === null) return cannotAsk
        if (pending === 'no_answer') return silent
        return noneOf(pending.filter(({ security }) => !security).map(shown), {
          none: 'none, by the lists of packages that the host has',
          some: 'pending',
          status: 'warn',
        })
      },
      remedy: 'Install the updates.',
      fix: upgradeAll,
    },
    {
      id: 'updates.lists',
      title: 'The host knows of new updates',
      severity: 'medium',
      setting: 'lists of packages',
      wanted: 'fetched in the last eight days',
      reads: [listsAreFresh],
      judge(see) {
        const isFresh = see(listsAreFresh)
        if (isFresh === null) return cannotAsk
        return isFresh
          ? pass('fetched in the last eight days', 'fresh')
          : warn('not fetched for eight days: what was mended since is not known here', 'old')
      },
      remedy: 'Fetch the lists: apt-get update, or dnf makecache.',
      fix: fetchLists,
    },
    {
      id: 'updates.automatic',
      title: 'Security updates are installed by themselves',
      severity: 'medium',
      setting: 'automatic updates',
      wanted: 'on',
      reads: [automaticUpdates, unitFiles],
      judge(see) {
        const { tool, settings } = see(automaticUpdates)
        const units = see(unitFiles)
        if (tool === null) return fail('there is no unattended-upgrade, dnf-automatic or yum-cron', 'not installed')
        if (tool !== 'unattended-upgrade') {
          const timer = dnfTimers.find(
            (unit) => units?.get(unit) === 'enabled' || maskedTimers(tool, units).includes(unit),
          )
          return passIf(
            timer !== undefined,
            `${tool}, timer ${timer ?? 'not enabled'}`,
            timer === undefined ? 'off' : 'on',
          )
        }
        const [upgrade, lists] = [
          settings.get('Unattended-Upgrade') ?? '0',
          settings.get('Update-Package-Lists') ?? '0',
        ]
        const timer = units?.get('apt-daily-upgrade.timer') ?? 'unknown'
        const isOn = upgrade !== '0' && lists !== '0' && timer !== 'disabled'
        const evidence = `APT::Periodic::Unattended-Upgrade "${upgrade}", Update-Package-Lists "${lists}", apt-daily-upgrade.timer ${timer}`
        return passIf(isOn, evidence, isOn ? 'on' : 'off')
      },
      remedy:
        'Install unattended-upgrades, set both APT::Periodic values to "1" in a file of /etc/apt/apt.conf.d, and enable apt-daily-upgrade.timer.',
      fix: 'lockdown',
    },
    {
      id: 'updates.timers',
      title: 'Nobody has masked what installs the updates',
      severity: 'medium',
      setting: 'timers of automatic updates',
      wanted: 'none masked',
      reads: [automaticUpdates, unitFiles],
      judge(see) {
        const { tool } = see(automaticUpdates)
        if (tool === null) return notApplicable('nothing is there that would install them')
        const masked = maskedTimers(tool, see(unitFiles))
        return passIf(
          masked.length === 0,
          masked.map(isMaskedByHand).join('\n') || 'none is masked',
          masked.length === 0 ? 'none masked' : `masked: ${masked.join(', ')}`,
        )
      },
      remedy:
        'Unmask them, and lock the server down again, which starts them; lockdown leaves what somebody has masked.',
      fix: { run: `systemctl unmask ${[...aptTimers, 'dnf-automatic.timer'].join(' ')}` },
    },
    {
      id: 'updates.reboot',
      title: 'No reboot is owed to an update',
      severity: 'medium',
      setting: '/run/reboot-required',
      wanted: 'not there',
      reads: [rebootFor],
      judge(see) {
        const packages = see(rebootFor)
        return packages === null
          ? pass('there is no /run/reboot-required', 'not there')
          : warn(`a reboot is wanted for: ${packages.join(', ') || 'what it does not say'}`, 'wanted')
      },
      remedy: 'Reboot the server when it suits.',
      fix: { run: 'systemctl reboot' },
    },
  ],
}
