import type { Area } from './check.ts'
import { fail2ban } from './fail2ban.ts'
import { firewall } from './firewall.ts'
import { kernel } from './kernel.ts'
import { logs } from './logs.ts'
import { network } from './network.ts'
import { services } from './units.ts'
import { ssh } from './ssh.ts'
import { system } from './system.ts'
import { updates } from './updates.ts'
import { users } from './users.ts'

/** Every check there is, by area, in the order of reports. */
export const areas: readonly Area[] = [ssh, firewall, fail2ban, users, system, network, services, logs, kernel, updates]
