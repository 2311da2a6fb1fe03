import { describe, expect, it } from 'vitest'
import {
  arePackagesInstalled,
  arePackagesKnown,
  installPackages,
  packagingOf,
  refreshPackageLists,
  removeInstalledPackages,
} from '../../../commands/packages.ts'
import { PackageTool } from '../../../schema/facts.ts'
import { backup, expectScript } from './script.ts'

const names = ['curl', 'libstdc++6']

describe.each(PackageTool.options)('%s', (tool) => {
  it('asks what is installed', () => expectScript(arePackagesInstalled(tool, names), `packages-${tool}-installed`))
  it('looks names up', () => expectScript(arePackagesKnown(tool, names), `packages-${tool}-known`))
  it('refreshes its lists', () => expectScript(refreshPackageLists(tool, names), `packages-${tool}-refresh`))
  it('installs', () => expectScript(installPackages(tool, names, backup), `packages-${tool}-install`))
  it('removes what it recorded', () => expectScript(removeInstalledPackages(tool, backup), `packages-${tool}-remove`))
})

it('ends the units that packages leave behind', () => {
  const left = { running: ['unattended-upgrades.service'], failed: ['fail2ban.service'] }
  return expectScript(removeInstalledPackages('apt', backup, left), 'packages-apt-remove-left')
})

describe('the states of packages', () => {
  // Printed by dpkg-query and apt-cache of Debian 12.
  const answer = `status mawk mawk installed
status libc6 libc6:amd64 installed
status nano nano config-files
nano:
  Installed: (none)
  Candidate: 7.2-1+deb12u1
  Version table:
     7.2-1+deb12u1 500
        500 http://deb.debian.org/debian bookworm/main amd64 Packages
awk:
  Installed: (none)
  Candidate: (none)
  Version table:
`
  const asked = ['mawk', 'libc6:amd64', 'nano', 'awk', 'nothing']

  it.each([
    ['stale', answer],
    ['absent', `fresh\n${answer}`],
  ])('on apt, a name that is in no list is %s', (missing, stdout) => {
    expect([...packagingOf('apt').parseStates(stdout, asked)]).toEqual([
      ['mawk', 'installed'],
      ['libc6:amd64', 'installed'],
      ['nano', 'available'],
      ['awk', 'virtual'],
      ['nothing', missing],
    ])
  })

  it.each(['dnf', 'yum', 'zypper', 'pacman'] as const)(
    'on %s, only the repositories know what is not installed',
    (tool) => {
      expect([...packagingOf(tool).parseStates('installed curl\n', ['curl', 'git'])]).toEqual([
        ['curl', 'installed'],
        ['git', 'unknown'],
      ])
    },
  )
})
