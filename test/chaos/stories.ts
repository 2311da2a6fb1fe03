import { cancel } from './cancel.ts'
import { database } from './database.ts'
import { deployment } from './deployment.ts'
import { lockdown } from './lockdown.ts'
import { network } from './network.ts'
import { reboot } from './reboot.ts'
import type { Story } from './story.ts'
import { temporal } from './temporal.ts'
import { worker } from './worker.ts'

export const stories: readonly Story[] = [worker, network, temporal, database, reboot, cancel, lockdown, deployment]
