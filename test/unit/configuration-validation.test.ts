import { describe, expect, it } from 'vitest'
import { validateConfiguration } from '../../schema/configuration-validation.ts'
import type { Login, Server } from '../../schema/server.ts'

const login = (user: string, change: Partial<Login> = {}): Login => ({
  user,
  authentication: { method: 'key', key: { kind: 'stored', name: 'k' } },
  ...change,
})
const byPassword: Partial<Login> = { authentication: { method: 'password', password: { kind: 'stored', name: 'p' } } }

const server: Server = {
  id: '01a1fd95-b212-71ae-9680-e61a8cda727d',
  name: 'web-1',
  hostname: '192.0.2.7',
  port: 22,
  root: login('root'),
  app: login('app'),
  hostKeys: [{ type: 'ssh-ed25519', blob: 'AAAA', fingerprint: `SHA256:${'a'.repeat(43)}` }],
  deviceType: 'generic',
  environment: 'staging',
  services: [],
  serviceDependencies: {},
  tags: [],
  metadata: {},
  setupComplete: true,
  securityLocked: true,
  monitoringIntervalMs: 1,
  maintenance: false,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
}
const validate = (change: Partial<Server>) => validateConfiguration({ ...server, ...change }, new Date(0))

describe('the record of a server', () => {
  it('that is whole has no findings', () => {
    expect(validate({})).toMatchObject({ valid: true, issues: [], warnings: [], suggestions: [], score: 100 })
  })

  it.each<[string, Partial<Server>, string]>([
    ['locked but not set up', { setupComplete: false }, 'locked but not set up'],
    ['locked with a password', { app: login('app', byPassword) }, 'its app log-in uses a password'],
    ['whose application user is root', { app: login('root') }, 'application user is root'],
    ['whose two users are one', { root: login('ops'), app: login('ops') }, 'both ops'],
    ['with a host name that is none', { hostname: 'a b' }, 'hostname'],
    ['with a port that is none', { port: 0 }, 'port'],
    ['with a user name that is none', { app: login('App User') }, 'app.user'],
  ])('%s is not valid', (_, change, words) => {
    const found = validate(change)
    expect([found.valid, found.issues.join()]).toEqual([false, expect.stringContaining(words)])
    expect(found.score).toBeLessThanOrEqual(75)
  })

  it.each<[string, Partial<Server>, string]>([
    ['without a pinned host key', { hostKeys: [] }, 'No host key is pinned'],
    [
      'not locked, with a password',
      { securityLocked: false, root: login('root', byPassword) },
      'root log-in uses a password',
    ],
  ])('%s is valid with a warning', (_, change, words) => {
    const found = validate(change)
    expect([found.valid, found.warnings.join(), found.score]).toEqual([true, expect.stringContaining(words), 95])
    expect(found.suggestions.length).toBeGreaterThan(0)
  })

  it('suggests what comes next', () => {
    expect(validate({ setupComplete: false, securityLocked: false }).suggestions).toEqual(['Run setup.'])
  })
})
