import { z } from 'zod'
import { ServerName } from '../schema/server.ts'
import { fits } from './arguments.ts'

/** A server's name or id, as an argument. */
export const serverArgument = fits(
  z.union([ServerName, z.uuid()]),
  "a server's name (lower-case letters, digits and dashes) or its id",
)
