import { expect, test } from 'vitest'
import { assess } from '../../../guard/index.ts'

const own = '.drydock-01a200fe-7e71-76e1-9329-6d08d8d1c4d4'
const verdict = (command: string) =>
  assess({
    command,
    device: 'generic',
    environment: 'production',
    server: { name: 'web-1', services: [] },
  }).verdict

test.each([
  `rm -rf -- /etc/nginx/${own}`,
  `dd of=/etc/nginx/${own}/archive bs=262144 seek=0 oflag=seek_bytes conv=notrunc status=none`,
  `dd of=/etc/nginx/.x.conf${own} bs=262144 seek=0 oflag=seek_bytes conv=notrunc status=none`,
  `set -C; : > /etc/nginx/.x.conf${own}`,
  `rm -f -- /etc/.x.conf${own} /etc/.x.conf${own}.sum /etc/.x.conf.drydock-new`,
  `rm -f -- /etc/nginx/.x.conf${own} /etc/nginx/.x.conf${own}.sum /etc/nginx/.x.conf.drydock-new`,
])('what is on its way to the system holds nothing of it: %s', (command) => {
  expect(verdict(command)).toBe('allow')
})

test.each([
  `rm -rf -- /etc/nginx/${own}/..`,
  `rm -rf /etc/nginx/${own} /etc/nginx`,
  'rm -rf /etc/.drydock-*',
  'rm -rf /etc/.drydock',
  `rm -rf /etc/x${own}`,
  `mv /etc/shadow /etc/.shadow${own}`,
  `rm -rf /${own}`,
])('a name alone lets nothing of the system go: %s', (command) => {
  expect(verdict(command)).toBe('confirm')
})
