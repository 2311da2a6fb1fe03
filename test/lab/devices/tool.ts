import type { LabHost } from '../../../lab/index.ts'

/** Puts programs in the way of a host's own: `/usr/local/sbin` is searched first, by log-ins and by the guard alike. */
export async function installTools(host: LabHost, tools: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(tools)) {
    const encoded = Buffer.from(`${text.trim()}\n`).toString('base64')
    const { exitCode, stderr } = await host.sh(
      `echo ${encoded} | base64 -d > /usr/local/bin/${name} && chmod 755 /usr/local/bin/${name}`,
    )
    if (exitCode !== 0) throw new Error(`installing ${name}: ${stderr}`)
  }
}

/** A program that prints a file, which a test replaces as the device's state changes. */
export async function setState(host: LabHost, name: string, text: string): Promise<void> {
  const encoded = Buffer.from(text).toString('base64')
  await host.sh(`mkdir -p /var/lib/device && echo ${encoded} | base64 -d > /var/lib/device/${name}`)
}
