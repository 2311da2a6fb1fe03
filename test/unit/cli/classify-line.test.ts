import { describe, expect, it } from 'vitest'
import { classifyLine, deviceCalled } from '../../../cli/classify-line.ts'
import { assess } from '../../../guard/index.ts'

const answer = (line: string) =>
  classifyLine(line, (command, { deviceType = 'generic', shell }) =>
    assess({
      command,
      device: deviceType,
      environment: 'unknown',
      ...(shell === undefined ? {} : { shell }),
      server: { name: 'web-1', services: [] },
    }),
  )

describe('a line to classify', () => {
  it('is answered under its id, with the verdict, what it would do and the risk', () => {
    expect(answer('{"id":"a","command":"zpool destroy tank","device":"zfs"}')).toEqual({
      id: 'a',
      verdict: 'confirm',
      action_types: ['zfs_pool_destroy'],
      risk: 'critical',
    })
    expect(answer('{"id":7,"command":"uptime","shell":null,"device":null}')).toEqual({
      id: 7,
      verdict: 'allow',
      action_types: [],
      risk: 'low',
    })
  })

  it('is read by the shell that it names, else by that of its device', () => {
    const line = { id: 1, command: 'rd /s /q C:\\Windows' }
    expect(answer(JSON.stringify({ ...line, device: 'windows' })).verdict).toBe('confirm')
    expect(answer(JSON.stringify({ ...line, device: 'wsl2', shell: 'cmd' })).verdict).toBe('confirm')
    expect(answer(JSON.stringify({ ...line, device: 'windows', shell: 'bash' })).verdict).toBe('allow')
  })

  it('asks where it cannot be read, and keeps the id it has', () => {
    expect(answer('rm -rf /')).toMatchObject({ id: null, verdict: 'confirm', action_types: ['opaque'] })
    expect(answer('{"id":"b"}')).toMatchObject({ id: 'b', verdict: 'confirm', action_types: ['opaque'] })
  })
})

it.each([
  ['zfs', 'nas'],
  ['other', 'generic'],
  ['Proxmox', 'proxmox'],
  ['toaster', null],
])('the device called %s is %s', (name, device) => expect(deviceCalled(name)).toBe(device))
