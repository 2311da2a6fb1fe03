import type { DeviceCheck } from '../schema/guard.ts'
import type { HostAnswers, HostQuestion } from '../schema/host-questions.ts'
import type { DeviceType } from '../schema/server.ts'
import { arrayChecks } from './checks/array.ts'
import { clusterChecks } from './checks/cluster.ts'
import { linuxChecks } from './checks/linux.ts'
import { poolChecks } from './checks/pools.ts'
import { windowsChecks } from './checks/windows.ts'
import type { Check } from './checks/check.ts'
import { devices } from './devices.ts'

const checks: Readonly<Record<string, Check>> = {
  ...arrayChecks,
  ...clusterChecks,
  ...linuxChecks,
  ...poolChecks,
  ...windowsChecks,
}

/** The checks of a kind of device that have to do with these acts. */
const checksOf = (device: DeviceType, actions: readonly string[]): readonly Check[] =>
  devices[device].checks.flatMap((id) => {
    const check = checks[id]
    return check !== undefined && actions.some((action) => check.about.test(action)) ? [check] : []
  })

const blocksOf = (device: DeviceType): readonly Check[] =>
  checksOf(device, ['deployment']).filter(({ blocks }) => blocks === true)

/** What has to be asked of a kind of device to know whether it is in the middle of something that must not be disturbed. */
export const standstillQuestions = (device: DeviceType): HostQuestion[] =>
  blocksOf(device).flatMap((check) => check.questions([]))

/** What a device is in the middle of, and what to do then. What it does not say keeps nobody. */
export const standstillsOf = (device: DeviceType, answers: HostAnswers): string[] =>
  blocksOf(device).flatMap(({ look, advice }) => {
    const seen = look(answers)
    return seen === null || seen.fine ? [] : [`${seen.detail} ${advice}`]
  })

/** What has to be asked of the host for its checks. */
export const checkQuestions = (
  device: DeviceType,
  actions: readonly string[],
  targets: readonly string[],
): HostQuestion[] => checksOf(device, actions).flatMap((check) => check.questions(targets))

/** Each check with what the host said; `unchecked` where it could not say. */
export const deviceChecksFor = (
  device: DeviceType,
  actions: readonly string[],
  answers: HostAnswers | undefined,
): DeviceCheck[] =>
  checksOf(device, actions).flatMap(({ text, look, advice, ifKnown }): DeviceCheck[] => {
    const seen = answers === undefined ? null : look(answers)
    if (seen === null) return ifKnown?.includes(device) === true ? [] : [{ text, result: 'unchecked', detail: null }]
    if (seen.fine) return [{ text, result: 'passed', detail: seen.detail }]
    return [{ text, result: 'failed', detail: `${seen.detail} ${advice}`.trim() }]
  })
