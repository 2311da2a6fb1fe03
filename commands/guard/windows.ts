import type { HostAnswers } from '../../schema/host-questions.ts'
import { sh, type Script } from '../shell.ts'

/** Programs of Windows that this distribution runs stand under /init with their path; an editor's server belongs to one. The brackets keep the question from finding itself. */
const fromWindows = '[/]mnt/[a-z]/.*[.]exe|[/][.]vscode-server/'

export const askWsl = (): Script =>
  sh`if ls /proc/sys/fs/binfmt_misc/ | grep -q '^WSLInterop'; then echo interop; fi
if [ -d /mnt/wsl/docker-desktop ]; then echo docker-desktop; fi
pgrep -a -f ${fromWindows} | cut -d ' ' -f 2- | cut -c 1-120 | sed 's/^/program /'
if command -v sc.exe > /dev/null; then timeout 10 sc.exe enumdepend WslService | tr -d '\r' | sed -n 's/^ *SERVICE_NAME: */program service /p'; fi
echo ok`

export const readWsl = (rows: readonly string[]): HostAnswers['wsl'] => ({
  interop: rows.includes('interop'),
  dockerDesktop: rows.includes('docker-desktop'),
  windowsPrograms: rows.filter((row) => row.startsWith('program ')).map((row) => row.slice(8)),
})

/** The engine answers only while Docker Desktop runs. */
export const askDockerDesktop = (): Script =>
  sh`if command -v docker > /dev/null; then timeout 15 docker info --format '{{.OperatingSystem}} {{.ServerVersion}}' || echo stopped; echo ok; fi`

export const readDockerDesktop = ([first = 'stopped']: readonly string[]): HostAnswers['dockerDesktop'] => ({
  running: first !== 'stopped' && !/^\s*$/.test(first),
  detail: first,
})

/** The shell on Windows maps NTFS permissions of the account onto its own test. */
export const askNtfs = (paths: readonly string[]): Script =>
  sh`for path in ${paths}; do if [ -w "$path" ]; then echo allowed; else echo denied; fi; done; echo ok`

export const readNtfs = (paths: readonly string[], rows: readonly string[]): HostAnswers['ntfs'] =>
  Object.fromEntries(paths.map((path, index) => [path, rows[index] === 'allowed' ? 'allowed' : 'denied']))
