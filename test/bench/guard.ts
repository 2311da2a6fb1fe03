import { parse } from 'unbash'
import { answerQuestions, questionCommand } from '../../commands/guard-questions.ts'
import { assess, hostQuestions } from '../../guard/index.ts'
import type { LoopbackSshd } from '../../lab/index.ts'
import { type Figures, inTurns, type Side, whole } from './measure.ts'
import { withBoth } from './ssh.ts'

/** What is typed on an ordinary day; the number keeps each from being one that was just read. */
const ordinary: readonly ((turn: number) => string)[] = [
  (turn) => `systemctl restart app-${turn}`,
  (turn) => `journalctl -u nginx --since '${turn} minutes ago' | grep -i error | tail -n 20`,
  (turn) => `cd /srv/app-${turn} && git pull --ff-only && npm ci --omit=dev && systemctl reload app`,
  (turn) => `docker ps --format '{{.Names}}' | grep web-${turn} || docker compose up -d web`,
  (turn) => `for file in /var/log/app/*.log; do gzip -k "$file" && mv "$file.gz" /backup/${turn}/; done`,
  (turn) => `sudo find /tmp/build-${turn} -mindepth 1 -mtime +7 -delete`,
]

const questionOf = (command: string) => ({
  command,
  device: 'ubuntu' as const,
  environment: 'unknown' as const,
  server: { name: 'web-1', services: [] },
})

/** One of the ordinary commands after the other; both sides get the same ones. */
const texts = () => {
  let turn = 0
  return () => ordinary[turn % ordinary.length]?.(turn++) ?? ''
}

/** Microseconds of one piece of work without a wait in it, for one text after the other. */
const timed = (work: (text: string) => unknown): Side => {
  const next = texts()
  return async () => {
    const text = next()
    const begun = performance.now()
    work(text)
    return (performance.now() - begun) * 1_000
  }
}

/** An ordinary command read and rated by its text, against parsing it alone; half of them take less, or 99 of 100. */
export const classification = (at: number) => (): Promise<Figures> =>
  inTurns({
    ours: timed((text) => assess(questionOf(text))),
    reference: timed(parse),
    rounds: 6_000,
    // A worker runs for weeks: what counts is what the engine has compiled.
    warmUp: 15_000,
    at,
    undisturbed: true,
  })

/** A command rated with one question to the host, against the same question in a bare exec. */
export async function rating(sshd: LoopbackSshd): Promise<Figures> {
  const question = questionOf('systemctl stop nginx php-fpm redis postgresql "app-*"')
  const [one] = hostQuestions(question, { places: [] })
  if (one === undefined) throw new Error('this command asks the host nothing')
  const { script } = questionCommand([one])
  return withBoth(sshd, ({ read, raw }) =>
    inTurns({
      ours: whole(async () => {
        const { stdout } = await read(script)
        return assess({ ...question, answers: answerQuestions([one], stdout) })
      }),
      reference: whole(() => raw.exec(script)),
      rounds: 100,
      warmUp: 10,
    }),
  )
}
