import type { Command } from '../schema/command.ts'
import { command, pipe, reading, refuse, sh, when, type Script } from './shell.ts'

/** A file at an address, and by which protocols it may be asked for, also where it has moved to. */
export type WebFile = { readonly url: string; readonly protocols: 'https' | 'http,https' }

/**
 * Fetches a file into `to`, by curl or else by wget; curl keeps to the protocols. An address may hold a key, so it goes in
 * by standard input, where no process list shows it.
 */
export const fetchFile = (file: WebFile, to: string, mostBytes: number): Script =>
  byCurlOrWget(
    file,
    sh`-fsSL --retry 3 --connect-timeout 20 --max-filesize ${mostBytes} -o ${to}`,
    sh`-nv --tries=3 --timeout=60 --connect-timeout=20 -O ${to}`,
  )

/** Asks how many bytes a file at an address has, without fetching it: prints them, or nothing where nobody says. */
export const measureWebFile = (file: WebFile): Command =>
  command({
    script: pipe(
      sh`{
${byCurlOrWget(file, sh`-fsSLI --connect-timeout 20 --max-time 60`, sh`-S --spider --timeout=60 --tries=1 2>&1`)}
}`,
      // The last answer counts: those before it say that the file has moved. What wget has to say is among them.
      sh`tr -d '\r' | awk 'tolower($1) ~ /^http\// { n = ""; ok = $2 ~ /^2/ } ok && tolower($1) == "content-length:" { n = $2 } /^wget: |failed: |ERROR / { why = $0 } END { if (n != "") print n; else if (why != "") print why > "/dev/stderr" }'`,
    ),
    shown: `ask how large ${withoutKeys(file.url)} is`,
    effect: 'read',
    category: 'files',
    timeoutMs: 90_000,
  })

export const parseWebFileSize = (stdout: string): number | null =>
  /^\d{1,15}$/.test(stdout.trim()) ? Number(stdout) : null

/** An address as people may see it: what stands before the host and behind the path may be a key. */
export function withoutKeys(url: string): string {
  const { origin, pathname, search } = new URL(url)
  return `${origin}${pathname}${search === '' ? '' : '?…'}`
}

function byCurlOrWget({ url, protocols }: WebFile, curl: Script, wget: Script): Script {
  const plain = new URL(url).href
  const quoted = plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"')
  return when(
    sh`command -v curl > /dev/null`,
    reading(sh`curl ${curl} --proto ${`=${protocols}`} --proto-redir ${`=${protocols}`} -K -`, `url = "${quoted}"`),
    when(
      sh`command -v wget > /dev/null`,
      reading(sh`wget ${wget} -i -`, plain),
      refuse('neither curl nor wget is installed there'),
    ),
  )
}
