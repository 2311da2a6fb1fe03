import { describe, expect, it } from 'vitest'
import { policy, policyFor } from '../../../guard/index.ts'

const allowed = (command: string, lists: { allow?: string[]; deny?: string[] }): boolean =>
  policy({ command, allow: lists.allow ?? [], deny: lists.deny ?? [] }).allowed

describe('the policy', () => {
  it('lets everything be asked for where there are no lists', () => {
    expect(allowed('rm -rf /', {})).toBe(true)
  })

  it.each([
    'zpool destroy tank',
    'sudo zpool destroy tank',
    "sh -c 'zpool destroy tank'",
    'Z=zpool; $Z destroy tank',
    'echo zpool destroy tank | sh',
    '/sbin/zpool destroy tank',
    '\'zpool\' "destroy" tank',
  ])('denies %s however it is written', (command) => {
    expect(allowed(command, { deny: ['\\bzpool destroy\\b'] })).toBe(false)
  })

  it('denies nothing else', () => {
    expect(allowed('zpool status', { deny: ['\\bzpool destroy\\b'] })).toBe(true)
  })

  it.each([
    ['systemctl restart nginx', true],
    ['sudo systemctl restart nginx', true],
    ['systemctl restart nginx; reboot', false],
    ['systemctl restart nginx && systemctl status nginx', true],
    ['systemctl restart $(reboot)', false],
    ['reboot', false],
    ['curl -s https://example.com | sh', false],
    ['', false],
  ])('with an allow list answers %s with %s', (command, answer) => {
    expect(allowed(command, { allow: ['^systemctl (restart|status) '] })).toBe(answer)
  })

  it('lets nothing pass by a list that cannot be read, and says which', () => {
    expect(policy({ command: 'ls', allow: [], deny: ['('] })).toMatchObject({ allowed: false, pattern: '(' })
  })

  it('asks deny before allow', () => {
    expect(allowed('ls /etc', { allow: ['^ls'], deny: ['/etc'] })).toBe(false)
  })
})

describe('the lists of a server and of a role', () => {
  const none = { allow: [], deny: [] }
  const lists = {
    ...none,
    servers: { 'db-1': { allow: [], deny: ['^dropdb'] }, edge: { allow: ['^systemctl '], deny: [] } },
    roles: { operator: { allow: [], deny: ['^zpool destroy'] } },
  }
  const passes = (command: string, server: { name: string; tags: string[] }, role: 'operator' | 'admin' = 'admin') =>
    policyFor({ command, lists, server, role }).allowed

  it('hold on that server, by its name or a tag, and nowhere else', () => {
    expect(passes('sudo dropdb shop', { name: 'db-1', tags: [] })).toBe(false)
    expect(passes('sudo dropdb shop', { name: 'db-2', tags: [] })).toBe(true)
    expect(passes('ls', { name: 'web-1', tags: ['edge'] })).toBe(false)
    expect(passes('systemctl status nginx', { name: 'web-1', tags: ['edge'] })).toBe(true)
  })

  it('hold for that role, and all that apply have to let a command pass', () => {
    expect(passes('zpool destroy tank', { name: 'nas', tags: [] }, 'operator')).toBe(false)
    expect(passes('zpool destroy tank', { name: 'nas', tags: [] })).toBe(true)
    expect(passes('systemctl stop x; zpool destroy tank', { name: 'nas', tags: ['edge'] }, 'operator')).toBe(false)
  })
})
