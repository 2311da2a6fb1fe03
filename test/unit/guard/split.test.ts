import { describe, expect, it } from 'vitest'
import { assess } from '../../../guard/index.ts'
import type { HostAnswers } from '../../../schema/host-questions.ts'

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`)
const units = names('app-', 20)
const answers: HostAnswers = {
  containers: { running: names('c', 20), all: names('c', 22) },
  services: { 'app-*': units.map((name) => `${name}.service`) },
}
const splitOf = (command: string) =>
  assess({ command, device: 'ubuntu', environment: 'unknown', server: { name: 'web-1', services: [] }, answers }).split

describe('an act over the bulk limit', () => {
  it.each([
    ['systemctl stop ' + units.join(' '), ['systemctl', 'stop'], 20],
    ['sudo systemctl disable --now ' + units.join(' '), ['sudo', 'systemctl', 'disable', '--now'], 20],
    ["systemctl stop 'app-*'", ['systemctl', 'stop'], 20],
    ['docker stop -t 30 ' + names('c', 20).join(' '), ['docker', 'stop', '-t', '30'], 20],
    ['docker stop $(docker ps -q)', ['docker', 'stop'], 20],
    ['docker ps -q | xargs docker stop', ['docker', 'stop'], 20],
    ['docker rm -f $(docker ps -aq)', ['docker', 'rm', '-f'], 22],
    ['podman kill $(podman ps -q)', ['podman', 'kill'], 20],
  ])('%s runs as batches of the very same names', (command, words, count) => {
    const split = splitOf(command)
    expect(split?.words).toEqual(words)
    expect(split?.batches[0]).toHaveLength(15)
    expect(new Set(split?.batches.flat()).size).toBe(count)
  })

  it.each([
    ['has no name that is known', 'systemctl stop $(systemctl list-units -q)'],
    ['names what a filter picked', 'docker stop $(docker ps -q --filter name=web)'],
    ['names what a search picked', 'docker ps -q | grep web | xargs docker stop'],
    ['would remove more than it names', 'docker rm -f $(docker ps -q)'],
    ['does something else, too', 'systemctl stop ' + units.join(' ') + ' && systemctl daemon-reload'],
    ['is in a container', 'docker exec web systemctl stop ' + units.join(' ')],
    ['is on another machine', 'ssh web-2 systemctl stop ' + units.join(' ')],
    ['is on another machine by its option', 'systemctl -H web-2 stop ' + units.join(' ')],
    ['mixes names and patterns', "systemctl stop 'app-*' " + units.join(' ')],
    ['has surroundings of its own', 'export DOCKER_HOST=tcp://web-2:2375\ndocker stop $(docker ps -q)'],
    ['sends what it says elsewhere', 'docker stop $(docker ps -q) > /tmp/out'],
    ['stays within the limit', 'systemctl stop ' + units.slice(0, 15).join(' ')],
  ])('stays whole where it %s', (_, command) => expect(splitOf(command)).toBeNull())
})
