import { sh, type Script } from './shell.ts'

/** The settings in force by lower-case keyword, each with all its values in order, as `sshd -T` prints them. */
export type SshdSettings = ReadonlyMap<string, readonly string[]>

/**
 * sshd wants its empty directory even for a test. Debian's unit makes it and takes it away with itself: while only the
 * socket waits for the next log-in, and we are in by an earlier one, it is missing.
 */
export const readyToAsk: Script = sh`[ ! -e /etc/debian_version ] || [ -d /run/sshd ] || mkdir -p -m 755 /run/sshd`

/** Prints the settings in force for everybody, or for one user from one address with the Match blocks that apply. Run it as root. */
export const printSshdSettings = (who?: { readonly user: string; readonly address: string }): Script =>
  who === undefined ? sh`sshd -T` : sh`sshd -T -C ${`user=${who.user},host=${who.address},addr=${who.address}`}`

/** Reads the output of `sshd -T`. A keyword that is printed several times keeps every value. */
export function parseSshdSettings(stdout: string): SshdSettings {
  const settings = new Map<string, string[]>()
  for (const [, keyword = '', value = ''] of stdout.matchAll(/^([A-Za-z0-9]+) (.*)$/gm))
    settings.set(keyword.toLowerCase(), [...(settings.get(keyword.toLowerCase()) ?? []), value.trim()])
  return settings
}
