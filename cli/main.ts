import { runCli } from './program.ts'
import { processSurroundings } from './surroundings.ts'

process.exitCode = await runCli(process.argv.slice(2), processSurroundings())
// What a command left open, such as a connection kept alive, must not keep the terminal.
process.stdout.write('', () => process.exit())
