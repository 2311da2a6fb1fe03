import type { Prerequisites } from '../schema/prerequisites.ts'
import type { PrerequisitesInput } from '../schema/start.ts'
import { looks } from './activities.ts'

/** Looks whether a deployment would be begun on a server now; the API waits for the answer. */
export const prerequisites = (input: PrerequisitesInput): Promise<Prerequisites> => looks.checkPrerequisites(input)
