/** The steps of an upload: between them its bytes are sent. */
export const prepareStep = 'transfer.prepare'
/** Only where the server fetches them itself. */
export const fetchStep = 'transfer.fetch'
export const installStep = 'transfer.install'
/** The last one of a directory: deletes what is not wanted, and what was kept for the way back. */
export const finishStep = 'transfer.finish'

/** Before this step of a plan the registry changes to the new key; from then on nothing is taken back. */
export const removeOldKeyStep = 'authorized-keys.remove'
