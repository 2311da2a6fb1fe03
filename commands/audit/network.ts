import { type ListeningSocket, parseListeningSockets, printListeningSockets } from '../ss.ts'
import { lines, sh } from '../shell.ts'
import { linesOf, type Reading } from './reading.ts'

/** Where the kernel hands out ports by itself: what is there over UDP is somebody's question, and gone with its answer. */
const firstOwnPort = 32_768

export const sockets: Reading<readonly ListeningSocket[] | null> = {
  name: 'sockets',
  script: printListeningSockets,
  needsRoot: false,
  parse: ({ text, exitCode }) =>
    exitCode === 0
      ? parseListeningSockets(text)
          .filter(({ protocol, port }) => protocol === 'tcp' || port < firstOwnPort)
          .toSorted(
            (a, b) => a.port - b.port || a.protocol.localeCompare(b.protocol) || a.address.localeCompare(b.address),
          )
      : null,
}

/** A port of a container that Docker opens on the host, past the rules of ufw. */
export type PublishedPort = { readonly container: string; readonly mapping: string }

/** Null where there is no Docker. */
export const publishedPorts: Reading<readonly PublishedPort[] | null> = {
  name: 'docker',
  script: lines(sh`command -v docker > /dev/null || exit 3`, sh`docker ps --format '{{.Names}} {{.Ports}}'`),
  needsRoot: true,
  parse: (answer) =>
    answer.exitCode === 0
      ? linesOf(answer)
          .toSorted()
          .flatMap((line) => {
            const [container = '', ...ports] = line.split(/,? /)
            return ports.filter((port) => port.includes('->')).map((mapping) => ({ container, mapping }))
          })
      : null,
}
