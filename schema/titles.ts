import type { DeploymentSettings } from './deployment.ts'
import type { JournalRequest } from './journal.ts'
import type { UnitActionSettings } from './unit.ts'
import type { UnitDefinitionSettings } from './unit-definition.ts'

/** Operations as sentences about their server. Workflows load this file, so it loads none that parses. */

export const actionTitle = ({ action, service, now }: UnitActionSettings, server: string): string =>
  `${action.charAt(0).toUpperCase()}${action.slice(1)}${now && action === 'enable' ? ' and start' : ''}${now && action === 'disable' ? ' and stop' : ''} ${service} on ${server}`

export const definitionTitle = ({ service }: UnitDefinitionSettings, server: string): string =>
  `Bring ${service} on ${server} to its definition`

export const journalTitle = ({ service, follow }: JournalRequest, server: string): string =>
  `${follow ? 'Follow' : 'Read'} the journal of ${service} on ${server}`

export const deploymentTitle = (
  kind: 'deployment' | 'rollback',
  { application, version }: DeploymentSettings,
  server: string,
): string =>
  kind === 'deployment'
    ? `Deploy ${application}${version === null ? '' : ` ${version}`} on ${server}`
    : `Roll ${application} back${version === null ? '' : ` to ${version}`} on ${server}`
