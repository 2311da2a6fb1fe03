import type { FileMode } from '../../commands/audit/system.ts'

export const othersMayWrite = (mode: string): boolean => (Number.parseInt(mode, 8) & 0o022) !== 0

/** Whether a mode gives nothing that the wanted one does not give. */
export const isWithin = (mode: string, most: string): boolean =>
  (Number.parseInt(mode, 8) & 0o7777 & ~Number.parseInt(most, 8)) === 0

export const showFile = ({ mode, owner, group, path }: FileMode): string => `${mode} ${owner}:${group} ${path}`
