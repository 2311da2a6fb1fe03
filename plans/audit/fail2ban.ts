import { fail2ban as reading, sshBans, sshJail } from '../../commands/audit/fail2ban.ts'
import { unitFiles } from '../../commands/audit/units.ts'
import { type Area, fail, notApplicable, pass, passIf, warn } from './check.ts'

const notThere = notApplicable('fail2ban does not run here')

/** As steps of ten: the number itself moves by the minute, and two audits of an unchanged host say the same. */
function howMany(banned: number): string {
  if (banned === 0) return 'none'
  return banned < 10 ? 'fewer than 10' : banned < 100 ? '10 or more' : banned < 1_000 ? '100 or more' : '1000 or more'
}

/** Whether somebody who guesses is shut out. */
export const fail2ban: Area = {
  area: 'fail2ban',
  checks: [
    {
      id: 'fail2ban.running',
      title: 'Fail2ban runs',
      severity: 'medium',
      setting: 'fail2ban',
      wanted: 'running',
      reads: [reading],
      judge(see) {
        const state = see(reading)
        if (state.kind === 'missing') return fail('there is no fail2ban-client', 'not installed')
        return state.kind === 'stopped'
          ? fail('fail2ban-client status: no answer from the daemon', 'stopped')
          : pass('fail2ban-client status: it answers', 'running')
      },
      remedy: 'Install fail2ban and give its sshd jail the back end systemd where there is no /var/log/auth.log.',
      fix: 'lockdown',
    },
    {
      id: 'fail2ban.boot',
      title: 'Fail2ban runs after a reboot',
      severity: 'medium',
      setting: 'fail2ban.service',
      wanted: 'enabled',
      reads: [reading, unitFiles],
      judge(see) {
        const units = see(unitFiles)
        if (see(reading).kind === 'missing' || units === null) return notApplicable('fail2ban is not installed here')
        const state = units.get('fail2ban.service') ?? 'not there'
        return passIf(state === 'enabled', `systemctl list-unit-files: fail2ban.service ${state}`, state)
      },
      remedy: 'Run: systemctl enable fail2ban.',
      fix: 'lockdown',
    },
    {
      id: 'fail2ban.ssh-jail',
      title: 'Fail2ban watches SSH',
      severity: 'medium',
      setting: 'jail sshd',
      wanted: 'enabled',
      reads: [reading],
      judge(see) {
        const state = see(reading)
        if (state.kind !== 'running') return notThere
        const watched = state.jails.filter((jail) => /^sshd?(-|$)/.test(jail))
        return passIf(watched.length > 0, `jails: ${state.jails.join(', ') || 'none'}`, watched.join(', ') || 'none')
      },
      remedy: 'Enable the jail sshd in a file of /etc/fail2ban/jail.d.',
      fix: 'lockdown',
    },
    {
      id: 'fail2ban.limits',
      title: 'Few wrong log-ins ban for long enough',
      severity: 'low',
      setting: 'maxretry and bantime of the jail sshd',
      wanted: '6 tries or fewer, 10 minutes or longer',
      reads: [reading, sshJail],
      judge(see) {
        const limits = see(sshJail)
        if (see(reading).kind !== 'running' || limits === null) return notThere
        const evidence = `fail2ban-client get sshd: maxretry ${limits.tries}, bantime ${limits.banSeconds}`
        const present = `${limits.tries} tries, ${limits.banSeconds} s`
        const isGood = limits.tries <= 6 && (limits.banSeconds < 0 || limits.banSeconds >= 600)
        return isGood ? pass(evidence, present) : warn(evidence, present)
      },
      remedy: 'Set maxretry = 5 and bantime = 1h for the jail sshd in a file of /etc/fail2ban/jail.d.',
      fix: 'lockdown',
    },
    {
      id: 'fail2ban.bans',
      title: 'Few addresses are banned at a time',
      severity: 'low',
      setting: 'addresses that the jail sshd bans now',
      wanted: 'fewer than 100',
      reads: [reading, sshBans],
      judge(see) {
        const banned = see(sshBans)
        if (see(reading).kind !== 'running' || banned === null) return notThere
        const evidence = `fail2ban-client status sshd: ${howMany(banned)} banned`
        return banned < 100 ? pass(evidence, howMany(banned)) : warn(evidence, howMany(banned))
      },
      remedy: 'Many guess at once: let SSH in from known networks only, by a rule of the firewall with a source.',
    },
  ],
}
