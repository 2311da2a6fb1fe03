import { sshdSettings } from '../../commands/audit/ssh.ts'
import type { SshdSettings } from '../../commands/sshd.ts'
import { hardening } from '../../commands/sshd-drop-in.ts'
import { LockdownSettings } from '../../schema/lockdown.ts'
import { type Check, cis, fail, listed, pass, unreadable, warn } from './check.ts'

/** Of an sshd that cannot be asked. */
export const noAnswer = unreadable('sshd -T gave no settings: sshd is not there, or its configuration is wrong')

/** The value that counts where a keyword stands several times. */
export const valueOf = (settings: SshdSettings, keyword: string): string | undefined => settings.get(keyword)?.at(-1)

type Setting = Pick<Check, 'id' | 'title' | 'severity' | 'wanted'> & {
  readonly keyword: string
  readonly isGood: (value: string) => boolean
  /** Weaker than wanted, and no open door. */
  readonly isWeak?: (value: string) => boolean
  readonly reference?: string
  readonly remedy?: string
}

/** How a setting is changed. */
export const inDropIn = (setting: string): string =>
  `Set ${setting} in a drop-in of /etc/ssh/sshd_config.d that sorts first, check with sshd -t, and reload sshd.`

const lockdownLines = hardening(LockdownSettings.parse({}).ssh, 'app')
const isSetByLockdown = (keyword: string): boolean => lockdownLines.some((line) => line.startsWith(`${keyword} `))

/** A check of one value in force, by its keyword as sshd_config(5) spells it. */
export const setting = ({ keyword, isGood, isWeak, remedy, reference, ...check }: Setting): Check => ({
  ...check,
  setting: keyword,
  reads: [sshdSettings],
  judge(see) {
    const settings = see(sshdSettings)
    if (settings.size === 0) return noAnswer
    const value = valueOf(settings, keyword.toLowerCase())
    if (value === undefined) return unreadable(`this sshd does not print ${keyword}`)
    const evidence = `sshd -T: ${keyword.toLowerCase()} ${value}`
    if (isGood(value)) return pass(evidence, value)
    return isWeak?.(value) ? warn(evidence, value) : fail(evidence, value)
  },
  remedy: remedy ?? inDropIn(`${keyword} ${check.wanted}`),
  ...(isSetByLockdown(keyword) ? { fix: 'lockdown' as const } : {}),
  ...(reference === undefined ? {} : { reference }),
})

/** One of these values. */
export const is =
  (...good: readonly string[]) =>
  (value: string): boolean =>
    good.includes(value)
/** A number from 1 on, up to this; 0 is no limit at all. */
export const atMost =
  (most: number) =>
  (value: string): boolean =>
    Number(value) >= 1 && Number(value) <= most

/** Algorithms that ssh-audit, NIST SP 800-131A or the makers of OpenSSH themselves have given up. */
const weak = {
  ciphers: /^(3des-cbc|.*-cbc|arcfour.*|.*rijndael.*)$/,
  macs: /^(hmac-md5.*|hmac-sha1.*|umac-64.*|hmac-ripemd.*)$/,
  kexalgorithms: /^(diffie-hellman-group1-sha1|diffie-hellman-group14-sha1|diffie-hellman-group-exchange-sha1)$/,
} as const

/** A check that no algorithm is offered that has been given up. */
export const noWeak = (
  keyword: 'Ciphers' | 'MACs' | 'KexAlgorithms',
  kind: string,
  o: Pick<Check, 'severity'> & { section: string },
): Check => {
  const name = { Ciphers: 'ciphers', MACs: 'macs', KexAlgorithms: 'kexalgorithms' } as const
  return {
    id: `ssh.${kind}`,
    title: `SSH offers no ${kind} that have been given up`,
    severity: o.severity,
    setting: keyword,
    wanted: 'none of them',
    reads: [sshdSettings],
    judge(see) {
      const settings = see(sshdSettings)
      if (settings.size === 0) return noAnswer
      const offered = (valueOf(settings, name[keyword]) ?? '').split(',')
      const bad = offered.filter((one) => weak[name[keyword]].test(one))
      return bad.length === 0
        ? pass(`sshd -T: ${name[keyword]} ${offered.join(',')}`, 'none of them')
        : warn(`sshd -T: ${name[keyword]} offers\n${listed(bad)}`, bad.join(','))
    },
    remedy: `Take them out with ${keyword} -name,name in a drop-in of /etc/ssh/sshd_config.d, and reload sshd.`,
    fix: 'lockdown',
    reference: cis(o.section),
  }
}
