import { describe, expect, it } from 'vitest'
import { policy } from '../../../guard/index.ts'

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
