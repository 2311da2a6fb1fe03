import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

// Loaded into the product's processes by NODE_OPTIONS: on SIGUSR2 one collects its garbage and writes what is left.
const folder = process.env.DRYDOCK_BENCH_MEMORY
if (folder) {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  process.on('SIGUSR2', () => {
    collect()
    writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify({ at: Date.now(), ...process.memoryUsage() }))
  })
}
