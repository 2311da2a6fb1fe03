type Environment = Readonly<Record<string, string | undefined>>

/** Where what is slow to make is kept between runs and checkouts: binaries, images. May be deleted at any time. */
export const cacheFolder = (env: Environment): string =>
  env.DRYDOCK_CACHE || `${env.XDG_CACHE_HOME || `${env.HOME ?? ''}/.cache`}/drydock`

/** Where the local stack keeps its data: databases, master key, tokens. */
export const homeFolder = (env: Environment): string =>
  env.DRYDOCK_HOME || `${env.XDG_DATA_HOME || `${env.HOME ?? ''}/.local/share`}/drydock`
