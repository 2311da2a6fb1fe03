type Environment = Readonly<Record<string, string | undefined>>

/** Where what is slow to make is kept between runs and checkouts: binaries, images. May be deleted at any time. */
export const cacheFolder = (env: Environment): string =>
  env.DRYDOCK_CACHE || `${env.XDG_CACHE_HOME || `${env.HOME ?? ''}/.cache`}/drydock`

/** Where the local stack keeps its data: databases, master key, tokens. */
export const homeFolder = (env: Environment): string =>
  env.DRYDOCK_HOME || `${env.XDG_DATA_HOME || `${env.HOME ?? ''}/.local/share`}/drydock`

/** Where files lie between the API and a worker: what was taken in, and what was fetched from a server. */
export const transfersFolder = (
  settings: { readonly home?: string | undefined; readonly transfers: { readonly folder?: string | undefined } },
  env: Environment,
): string => settings.transfers.folder ?? `${settings.home ?? homeFolder(env)}/transfers`
