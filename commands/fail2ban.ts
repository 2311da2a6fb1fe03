import { sh, type Script } from './shell.ts'

/** Prints the jails that are watched. Run it as root; it fails where the daemon does not run. */
export const printFail2banStatus: Script = sh`fail2ban-client status`

/** The names of the jails in the output of `fail2ban-client status`; null where the daemon did not answer. */
export function parseFail2banJails(stdout: string): readonly string[] | null {
  const list = /Jail list:[ \t]*(.*)$/m.exec(stdout)?.[1]
  return list === undefined ? null : list.split(/[,\s]+/).filter(Boolean)
}
