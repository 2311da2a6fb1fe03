import { runCli } from './program.ts'
import { processSurroundings } from './surroundings.ts'

// `npm run demo`: the command `drydock demo`, as a program of its own.
process.exitCode = await runCli(['demo', ...process.argv.slice(2)], processSurroundings())
process.stdout.write('', () => process.exit())
