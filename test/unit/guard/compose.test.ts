import { describe, expect, it } from 'vitest'
import { assess } from '../../../guard/index.ts'
import type { ContainerAnswer } from '../../../schema/host-questions.ts'

const container = (name: string, project: string | null, running = true): ContainerAnswer => ({
  name,
  running,
  project,
  needs: [],
  restart: 'no',
  volumes: [],
})
const details = [container('shop-web', 'shop'), container('shop-db', 'shop'), container('shop-job', 'shop', false)]
const running = ['shop-web', 'shop-db', 'blog', 'mail']
const about = (command: string) =>
  assess({
    command,
    device: 'ubuntu',
    environment: 'unknown',
    server: { name: 'web-1', services: [] },
    answers: { containers: { running, all: [...running, 'shop-job'], details: [...details, container('blog', null)] } },
  })

describe('a whole compose project', () => {
  it.each([
    'docker compose -p shop down',
    'docker compose -f /srv/shop/compose.yaml down --remove-orphans',
    'cd /srv/shop && docker-compose stop',
    'docker compose --project-directory /srv/Shop kill',
  ])('is asked about by the containers that it runs: %s', (command) => {
    expect(about(command)).toMatchObject({
      verdict: 'confirm',
      affectedCount: 2,
      countIsEstimate: false,
      affectedItems: ['shop-web', 'shop-db'],
      phrase: 'yes, stop compose project shop',
    })
  })

  it('that is stopped comes back by its containers; one that is taken down has none to start', () => {
    expect(about('docker compose -p shop stop').rollback?.command).toContain('docker start')
    expect(about('docker compose -p shop down').rollback).toBeNull()
  })

  it.each([
    'docker compose -p shop down && docker compose -p shop up -d',
    'docker compose -p shop down web',
    'docker compose -p shop-test down',
    'cd /srv/shop && docker compose restart',
  ])('is no matter where %s', (command) => expect(about(command).verdict).toBe('allow'))
})
