import type { LabHost } from '../../lab/index.ts'
import { quote } from '../../commands/shell.ts'

const folder = '/var/witness'
const runs = '/var/lib/drydock/runs/'

/** Programs that change something; `timeout` is what every run is started with. */
const tools =
  'timeout useradd userdel usermod groupadd groupdel gpasswd visudo apt-get dpkg chown chmod mkdir rmdir mv cp ln rm touch'

/**
 * Makes a host keep a book of its own about what is typed at it: each tool that changes something is covered by one of
 * the same name that writes down the time and the words, and becomes the real one.
 */
const keepBook = `
mkdir -p ${folder} && : > ${folder}/book
for tool in ${tools}; do
  real=$(command -v $tool) || exit 1
  printf '#!/bin/sh\\nprintf "%%s %%s\\\\n" "$(date +%%s.%%N)" "%s $(printf %%s "$*" | tr "\\n" " ")" >> ${folder}/book\\nexec %s "$@"\\n' $tool $real > ${folder}/$tool
done
chmod 755 ${folder}/*
mv ${tools
  .split(' ')
  .map((tool) => `${folder}/${tool}`)
  .join(' ')} /usr/local/sbin/`

/** Two packages of its own, so that real apt and dpkg need no network; each says in the book when it is configured. */
const offerPackages = (names: readonly string[]) => `
cd /srv
for name in ${names.join(' ')}; do
  mkdir -p $name/DEBIAN $name/usr/share/$name
  printf 'Package: %s\\nVersion: 1.0\\nArchitecture: all\\nMaintainer: Nobody <nobody@example.org>\\nDescription: nothing\\n' $name > $name/DEBIAN/control
  printf '#!/bin/sh\\nprintf "%%s configure %s\\\\n" "$(date +%%s.%%N)" >> ${folder}/book\\nsleep 0.4\\n' $name > $name/DEBIAN/postinst
  chmod 755 $name/DEBIAN/postinst
  dpkg-deb --build --root-owner-group $name $name.deb > /dev/null
  { dpkg-deb -f $name.deb
    printf 'Filename: ./%s.deb\\nSize: %s\\nSHA256: %s\\n\\n' $name $(stat -c %s $name.deb) $(sha256sum $name.deb | cut -d ' ' -f 1)
  } >> Packages
done
rm -rf /etc/apt/sources.list.d/*
echo 'deb [trusted=yes] file:/srv ./' > /etc/apt/sources.list`

export const offered = ['witness-one', 'witness-two'] as const

/** Prepares a host for a story: offers packages, then opens the book. */
export async function callWitness(host: LabHost): Promise<void> {
  await say(host, `set -e\n${offerPackages(offered)}\n${keepBook}`)
}

/** A line of the book without its time. */
const wordsOf = (line: string): string => line.slice(line.indexOf(' ') + 1)

/** Every start of a command that was to run once, by the path of its script. */
export async function startsOn(host: LabHost): Promise<string[]> {
  return (await book(host)).filter((line) => line.startsWith('timeout ') && line.includes(runs)).map(lastWord)
}

/**
 * What was changed with, in order; the operation's own id left out, so that two operations can be compared. Aside, what
 * Drydock does to its own run directories and files of secrets.
 */
export async function changesOn(host: LabHost, operationId: string): Promise<string[]> {
  return (await book(host)).filter(isChange).map((line) => line.replaceAll(operationId, 'OPERATION'))
}

/** The newest change in the book: where the host was when something happened to it. */
export async function newestOn(host: LabHost): Promise<string> {
  return (await book(host)).findLast(isChange)?.slice(0, 60) ?? 'nothing yet'
}

const isChange = (line: string): boolean =>
  !line.startsWith('timeout ') && !line.includes(runs) && !line.includes(' /dev/shm/drydock-')

/** Processes that still belong to a run. */
export async function leftOn(host: LabHost, operationId: string): Promise<string> {
  const found = await host.sh(`grep -lazF ${quote(`DRYDOCK_RUN=${operationId}`)} /proc/[0-9]*/environ 2> /dev/null`)
  return found.stdout.trim()
}

const lastWord = (line: string): string => line.split(' ').at(-1) ?? ''

const book = async (host: LabHost): Promise<string[]> =>
  (await say(host, `cat ${folder}/book`)).split('\n').filter(Boolean).map(wordsOf)

/** Runs shell text on a host past Drydock; it must succeed. */
export async function say(host: LabHost, script: string): Promise<string> {
  const ended = await host.sh(script)
  if (ended.exitCode !== 0) throw new Error(`${host.name} answered ${ended.exitCode} to ${script}: ${ended.stderr}`)
  return ended.stdout
}
