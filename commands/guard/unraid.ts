import type { ParityAnswer } from '../../schema/host-questions.ts'
import { sh, type Script } from '../shell.ts'

/** `mdcmd status` prints the driver's variables; the mover leaves its process id, and a cache is a mount. */
export const askArray = (): Script =>
  sh`if command -v mdcmd > /dev/null; then
mdcmd status
if [ -e /var/run/mover.pid ] && [ -d "/proc/$(cat /var/run/mover.pid)" ]; then echo drydockMover=yes; else echo drydockMover=no; fi
if [ -e /boot/config/pools/cache.cfg ] || [ -e /mnt/cache ]; then if grep -q ' /mnt/cache ' /proc/self/mounts; then echo drydockCache=mounted; else echo drydockCache=gone; fi; fi
echo ok
fi`

/** Positions and sizes are in kilobytes; `mdResync` is 0 while nothing runs, and also while it is paused. */
export function readArray(rows: readonly string[]): ParityAnswer {
  const values = new Map(rows.map((row) => [row.slice(0, row.indexOf('=')), row.slice(row.indexOf('=') + 1)]))
  const number = (key: string): number => Number(values.get(key) ?? 0)
  const [size, position] = [number('mdResyncSize') || number('mdResync'), number('mdResyncPos')]
  const running = number('mdResync') > 0
  const speed = number('mdResyncDb') / Math.max(number('mdResyncDt'), 1)
  const seconds = speed > 0 ? Math.round((size - position) / speed) : null
  const cache = values.get('drydockCache')
  return {
    running,
    paused: !running && position > 0,
    percentage: (running || position > 0) && size > 0 ? Math.round((position / size) * 1000) / 10 : null,
    remaining:
      running && seconds !== null ? `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min` : null,
    action: values.get('mdResyncAction') ?? '',
    state: values.get('mdState') ?? '',
    faultyDisks: number('mdNumDisabled') + number('mdNumInvalid') + number('mdNumMissing'),
    moverRunning: values.get('drydockMover') === 'yes',
    cacheMounted: cache === undefined ? null : cache === 'mounted',
  }
}
