import type { HealthCheck } from '../schema/application.ts'
import type { Command } from '../schema/command.ts'
import { lastWords, probes, type Surroundings } from './health-check.ts'
import { command, lines, sh, strict, type Script } from './shell.ts'

/** What has a new release, and what it may do wrong. */
export type Canary = {
  readonly checks: readonly HealthCheck[]
  readonly around: Surroundings
  /** The log of its upstream, its own address there, and how many of a hundred may have a status of 500 or above. */
  readonly answers: { readonly log: string; readonly address: string; readonly errors: number } | null
}

/**
 * Exit 0 when the canary is healthy and has answered well, as far as there are `least` answers to judge by. It fails where
 * there are fewer and they are needed. Its standard output tells how many there were, and where it fails what the units
 * have logged.
 */
export const judgeCanary = (
  { checks, around, answers }: Canary,
  { least, isNeeded, effect }: { least: number; isNeeded: boolean; effect: Command['effect'] },
): Command =>
  command({
    script: strict(
      sh`give_up() {`,
      ...lastWords(around),
      sh`exit 1`,
      sh`}`,
      ...probes(checks, around).map(({ body, name }) =>
        lines(body, sh`${{ text: name }} || { printf '%s\n' "$why" >&2; give_up; }`),
      ),
      ...(answers === null ? [] : [sh`${judgeAnswers(answers, least, isNeeded)} || give_up`]),
    ),
    shown: `see that it is healthy${answers === null ? '' : ` and ${answers.address} answers well, by ${answers.log}`}`,
    effect,
    category: 'system',
    timeoutMs: 60_000,
  })

const judgeAnswers = (
  { log, address, errors }: NonNullable<Canary['answers']>,
  least: number,
  isNeeded: boolean,
): Script =>
  sh`awk -v address=${address} -v errors=${errors} -v least=${least} -v needed=${isNeeded ? 1 : 0} ${judging} "$([ -e ${log} ] && echo ${log} || echo /dev/null)"`

/** A line has the addresses that were tried, then what each answered: "127.0.0.1:8082, 127.0.0.1:8081 502, 200". */
const judging = `
{
  gsub(/,/, ""); gsub(/ : /, " "); half = NF / 2
  for (i = 1; i <= half; i++) if ($i == address) { seen++; if ($(half + i) >= 500) bad++ }
}
END {
  printf "%d of %d answers of the new release had a status of 500 or above\\n", bad, seen
  if (needed && seen < least) {
    printf "The new release gave %d answers where %d are wanted to judge it; a site with an access_log of its own must name the log of the upstream too\\n", seen, least > "/dev/stderr"
    exit 1
  }
  if (seen > 0 && seen >= least && bad * 100 > errors * seen) {
    printf "%d of %d answers of the new release had a status of 500 or above, more than %s of a hundred\\n", bad, seen, errors > "/dev/stderr"
    exit 1
  }
}`
