export { bootHost, type BootOptions, type LabHost } from './host.ts'
export { type Image, ensureImage, images } from './image.ts'
export { type LabAnswer, ensureTools, isLabPossible } from './tools.ts'
export { type LoopbackSshd, startLoopbackSshd } from './sshd.ts'
