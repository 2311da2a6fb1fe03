import { lines, sh, when, type Script } from './shell.ts'

/** A package of which a newer version can be installed. */
export type Upgrade = { readonly name: string; readonly to: string; readonly security: boolean }

/**
 * Prints what apt would upgrade from the lists it has. As nobody, because apt run by root writes its cache anew where
 * that is older than the lists.
 */
export const printAptUpgrades: Script = when(
  sh`[ "$(id -u)" = 0 ]`,
  sh`setpriv --reuid=65534 --regid=65534 --clear-groups apt-get -s -qq dist-upgrade`,
  sh`apt-get -s -qq dist-upgrade`,
)

/** Reads the `Inst` lines of `apt-get -s`: `Inst NAME [OLD] (NEW SOURCE, SOURCE [ARCH])`. */
export const parseAptUpgrades = (stdout: string): readonly Upgrade[] =>
  [...stdout.matchAll(/^Inst (\S+) \[[^\]]*\] \((\S+) ([^)]*)\)/gm)].map(([, name = '', to = '', sources = '']) => ({
    name,
    to,
    security: /security/i.test(sources),
  }))

/** Prints the packages of which dnf knows a security update, from the metadata it has already. */
export const printDnfSecurityUpgrades: Script = lines(sh`dnf -q -C updateinfo list --updates --security`)

/** Reads `dnf updateinfo list`: advisory, severity, package. */
export const parseDnfSecurityUpgrades = (stdout: string): readonly Upgrade[] =>
  [...stdout.matchAll(/^\S+\s+\S*\/?Sec\.?\s+(\S+?)-(\d\S*)$/gm)].map(([, name = '', to = '']) => ({
    name,
    to,
    security: true,
  }))
