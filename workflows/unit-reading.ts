import type { UnitListInput, UnitShowInput } from '../schema/start.ts'
import type { UnitDetails, UnitRow } from '../schema/unit.ts'
import { looks } from './activities.ts'

/** Lists the units of a server; the API waits for the answer. */
export const unitList = (input: UnitListInput): Promise<UnitRow[]> => looks.listUnits(input)

/** Looks at one unit of a server; the API waits for the answer. */
export const unitShow = (input: UnitShowInput): Promise<UnitDetails> => looks.showUnit(input)
