import { every, none, type Check } from './check.ts'

/** WSL2 and Windows: what the other side of the host does with this one. */
export const windowsChecks: Readonly<Record<string, Check>> = {
  'wsl.programs': {
    text: 'Windows programs that use this distribution are closed.',
    about: every,
    questions: () => [{ kind: 'wsl' }],
    look: ({ wsl }) =>
      none(
        wsl?.windowsPrograms.filter((program) => !program.startsWith('service ')),
        wsl?.interop === true ? 'None runs.' : 'Interop with Windows is off.',
      ),
    advice: 'Close them on Windows, or they lose what they have open.',
  },
  'wsl.services': {
    text: 'No Windows service depends on it.',
    about: every,
    questions: () => [{ kind: 'wsl' }],
    look: ({ wsl }) =>
      none(
        wsl === undefined
          ? undefined
          : [
              ...wsl.windowsPrograms
                .filter((program) => program.startsWith('service '))
                .map((program) => `The Windows ${program}`),
              ...(wsl.dockerDesktop ? ['Docker Desktop uses this distribution'] : []),
            ],
        'None does.',
      ),
    advice: 'Stop it on Windows first, or it fails there.',
  },
  'windows.docker': {
    text: 'Docker Desktop runs and is not updating.',
    about: /^(container|volume|service|system)/,
    questions: () => [{ kind: 'docker_desktop' }],
    look: ({ dockerDesktop }) =>
      dockerDesktop === undefined
        ? null
        : {
            fine: dockerDesktop.running,
            detail: dockerDesktop.running ? `It runs: ${dockerDesktop.detail}.` : 'Its engine does not answer.',
          },
    advice: 'Start Docker Desktop, or wait until its update is through.',
  },
  'windows.ntfs': {
    text: 'The account has the NTFS permissions this needs.',
    about: /^(filesystem|bulk_permission|configuration)/,
    questions: (targets) => {
      const paths = targets.filter((target) => target.startsWith('/') && !/[*?…$]/.test(target)).slice(0, 10)
      return paths.length === 0 ? [] : [{ kind: 'ntfs', paths }]
    },
    look: ({ ntfs }) =>
      none(
        ntfs === undefined
          ? undefined
          : Object.entries(ntfs).flatMap(([path, answer]) => (answer === 'denied' ? [`${path} is denied to it`] : [])),
        'It has.',
      ),
    advice: 'It would fail in the middle: see icacls PATH.',
  },
}
