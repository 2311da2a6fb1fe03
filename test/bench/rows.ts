import type { LoopbackSshd } from '../../lab/index.ts'
import { type Engines, appliedStep, approval, guardedCommand } from './engine.ts'
import { fullAudit } from './audit.ts'
import { deployment } from './deployment.ts'
import { classification, rating } from './guard.ts'
import { preparedLockdown } from './lockdown.ts'
import type { Figures } from './measure.ts'
import { againstControlMaster, durableRun, fleet, warmCommand } from './ssh.ts'
import { smallFiles, smallFilesAgainst } from './small-files.ts'
import { upload, uploadAfar } from './transfer.ts'

type Named = {
  readonly name: string
  readonly title: string
  readonly against: string
  readonly goal: number
  /** Milliseconds unless told. */
  readonly unit?: 'µs'
}

/** A figure of ours beside its reference, and how many times the reference it may be. */
export type Row = Named &
  (
    | { readonly needs: 'nothing'; measure(): Promise<Figures> }
    | { readonly needs: 'sshd' | 'hundred_hosts'; measure(sshd: LoopbackSshd): Promise<Figures> }
    | { readonly needs: 'product'; measure(engines: Engines): Promise<Figures> }
  )

export const rows: readonly Row[] = [
  {
    name: 'warm',
    title: 'a warm command through ssh/',
    against: 'raw ssh2 exec',
    goal: 1.25,
    needs: 'sshd',
    measure: warmCommand,
  },
  {
    name: 'control-master',
    title: 'a warm command through ssh/',
    against: 'ssh with ControlMaster',
    goal: 0.5,
    needs: 'sshd',
    measure: againstControlMaster,
  },
  {
    name: 'durable',
    title: 'a durable run of true',
    against: 'raw ssh2 exec of true',
    goal: 4,
    needs: 'sshd',
    measure: durableRun,
  },
  {
    name: 'command',
    title: 'a guarded command, HTTP in to result out',
    against: 'bare one-activity workflow',
    goal: 1.6,
    needs: 'product',
    measure: guardedCommand,
  },
  {
    name: 'approval',
    title: 'an approval, POST to the end of the command',
    against: 'bare signal and one activity',
    goal: 1.6,
    needs: 'product',
    measure: approval,
  },
  {
    name: 'step',
    title: 'an applied step of a setup',
    against: 'bare activity',
    goal: 2,
    needs: 'product',
    measure: appliedStep,
  },
  {
    name: 'fleet',
    title: '100 hosts, one warm command each',
    against: 'raw ssh2, all at once',
    goal: 1.3,
    needs: 'hundred_hosts',
    measure: fleet,
  },
  {
    name: 'classify',
    title: 'an ordinary command read and rated, p50',
    against: 'parsing it',
    goal: 3,
    unit: 'µs',
    needs: 'nothing',
    measure: classification(0.5),
  },
  {
    name: 'classify-p99',
    title: 'an ordinary command read and rated, p99',
    against: 'parsing it, p99',
    goal: 3,
    unit: 'µs',
    needs: 'nothing',
    measure: classification(0.99),
  },
  {
    name: 'rating',
    title: 'a rating with one question to the host',
    against: 'raw ssh2 exec of the question',
    goal: 1.5,
    needs: 'sshd',
    measure: rating,
  },
  {
    name: 'upload',
    title: 'a file of 1 GB sent, hashed there, in place',
    against: 'scp of it',
    goal: 1.11,
    needs: 'sshd',
    measure: upload,
  },
  {
    name: 'upload-afar',
    title: 'a file of 1 GB with 50 ms each way',
    against: 'scp of it',
    goal: 0.5,
    needs: 'sshd',
    measure: uploadAfar,
  },
  {
    name: 'small-files',
    title: 'a directory of 1,000 small files, packed, hashed there, in place',
    against: smallFilesAgainst,
    goal: 1.25,
    needs: 'sshd',
    measure: smallFiles,
  },
  {
    name: 'audit',
    title: 'a full audit, read and judged',
    against: 'its slowest check alone',
    goal: 2,
    needs: 'nothing',
    measure: fullAudit,
  },
  {
    name: 'lockdown',
    title: 'a lockdown of a prepared host, its proofs aside',
    against: 'its commands in one ssh script',
    goal: 1.5,
    needs: 'nothing',
    measure: preparedLockdown,
  },
  {
    name: 'deployment',
    title: 'a deployment of 50 MB, POST to its end',
    against: 'the same acts in one ssh script',
    goal: 1.5,
    needs: 'nothing',
    measure: deployment,
  },
]

/** Memory has no reference: the worker is held against itself. */
export const memoryRow = {
  name: 'memory',
  title: 'RSS of the worker late in the run',
  against: 'itself early in the run',
  goal: 1.1,
} as const
