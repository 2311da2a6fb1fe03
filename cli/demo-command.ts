import { type Command, Option } from 'commander'
import type { Image } from '../lab/index.ts'
import { Hostname, UserName } from '../schema/server.ts'
import { fits, port, wholeNumber } from './arguments.ts'
import type { Cli } from './cli.ts'
import type { DemoOptions } from './local/demonstrate.ts'
import type { RunWords } from './local/demo-story.ts'

const images: readonly Image[] = ['bookworm', 'trixie']

export const addDemo =
  (run: RunWords) =>
  (program: Command, cli: Cli): void => {
    program
      .command('demo')
      .description('bring up everything and a throwaway server, and run the main job on it')
      .option('--exit', 'end after the job; the exit code says whether it succeeded')
      .addOption(new Option('--image <image>', 'of the throwaway server').choices(images).default('bookworm'))
      .option('--host <host>', 'a server of your own instead; it is set up for real', fits(Hostname))
      .option('--user <user>', 'who logs in there', fits(UserName), 'root')
      .option('--port <port>', 'its SSH port', port, 22)
      .option('--key <path>', 'the private key to log in with')
      .option('--api-port <port>', 'port of the API; 0 takes any free one', wholeNumber(0, 65_535))
      .action(async (o: DemoOptions) => {
        const { demonstrate } = await import('./local/demonstrate.ts')
        await demonstrate(cli, o, run)
      })
  }
