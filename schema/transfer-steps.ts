/** The steps of an upload: between them its bytes are sent. */
export const prepareStep = 'transfer.prepare'
export const installStep = 'transfer.install'
