import { connectRaw, type Place, type RawSsh } from '../raw-ssh.ts'

/** The one activity of the bare workflows: a command on a warm connection, and nothing kept of it. */
export const bareActivities = () => {
  const connections = new Map<string, Promise<RawSsh>>()
  return {
    async runBare({ place, command }: { place: Place; command: string }): Promise<{ code: number | null }> {
      const key = `${place.address}:${place.port}`
      const warm = connections.get(key) ?? connectRaw(place)
      connections.set(key, warm)
      const { code } = await (await warm).exec(command)
      if (code !== 0) throw new Error(`"${command}" ended with ${code}`)
      return { code }
    },
  }
}

export type BareActivities = ReturnType<typeof bareActivities>
