import {
  fetchArtifact,
  inspectArtifact,
  isFetched,
  removeFetched,
  unpackRelease,
  verifyArtifact,
} from '../commands/artifact.ts'
import { areDirectoriesLike, makeDirectory, unmakeDirectory, type Directory } from '../commands/directory.ts'
import { environmentPath, isEnvironmentLike, shownEnvironment, writeEnvironment } from '../commands/environment-file.ts'
import { isReleaseThere, removeMadeRelease, removeReleases } from '../commands/release.ts'
import type { Step } from '../schema/plan.ts'
import type { Wish } from './deployment-wish.ts'

/** Everything of a release, beside what serves. */
export const bringRelease = (wish: Wish): Step[] => [
  makeRoom(wish),
  ...(wish.artifact.kind === 'directory' ? [] : [fetch(wish), verify(wish)]),
  inspect(wish),
  unpack(wish),
  writeVariables(wish),
]

function makeRoom({ layout, application, instances, user, facts, backup }: Wish): Step {
  const directories = [
    ...[layout.root, layout.releases].map((path) => owned(path, 'root', 'root')),
    ...(application.shared.length === 0 ? [] : [owned(layout.shared, 'root', 'root')]),
    ...(instances.length === 0 ? [] : [owned(layout.instances, 'root', 'root')]),
    ...application.shared.map((path) => owned(`${layout.shared}/${path}`, user, facts.userGroup ?? user)),
  ]
  const kept = (index: number) => backup(`directory-${index}`)
  return {
    id: 'root',
    title: `Make ${layout.root}${facts.root === null ? '' : ' ready'}`,
    as: 'root',
    check: areDirectoriesLike(directories),
    apply: directories.map((directory, index) => makeDirectory(directory, kept(index))),
    verify: areDirectoriesLike(directories),
    undo: directories.map((directory, index) => unmakeDirectory(directory, kept(index), [])).toReversed(),
  }
}

const owned = (path: string, owner: string, group: string): Directory => ({
  path,
  mode: '755',
  owner,
  group,
  reach: 'self',
})

const fetch = (wish: Wish): Step => ({
  id: 'artifact.fetch',
  title: `Fetch ${wish.artifact.source.replace(/\?.*$/, '')}`,
  as: 'root',
  check: isFetched(wish),
  apply: [fetchArtifact(wish)],
  undo: [removeFetched(wish)],
})

const verify = (wish: Wish): Step => ({
  id: 'artifact.verify',
  title: 'See that it has the declared SHA-256',
  as: 'root',
  check: isFetched(wish),
  apply: [verifyArtifact(wish)],
  verify: isFetched(wish),
})

const inspect = (wish: Wish): Step => ({
  id: 'artifact.inspect',
  title: 'See that nothing in it leads out, that it is not too large, and that there is room',
  as: 'root',
  check: isReleaseThere(wish.layout, wish.release),
  apply: [inspectArtifact(wish)],
})

const unpack = (wish: Wish): Step => ({
  id: 'release.unpack',
  title: `Unpack the release ${wish.release}`,
  as: 'root',
  check: isReleaseThere(wish.layout, wish.release),
  apply: [unpackRelease(wish, wish.application.shared, wish.backup('release'))],
  verify: isReleaseThere(wish.layout, wish.release),
  undo: [removeMadeRelease(wish.layout, wish.release, wish.backup('release'))],
})

/** No undo of its own: it lies in the release. Before and after are shown as declared, so that no secret is. */
function writeVariables({ path, application, previous, layout }: Wish): Step {
  const file = environmentPath(path)
  const { environment } = application
  return {
    id: 'environment',
    title: `Write its environment of ${Object.keys(environment).length} variables`,
    as: 'root',
    check: isEnvironmentLike(file, environment),
    apply: [writeEnvironment(file, environment)],
    verify: isEnvironmentLike(file, environment),
    file: {
      path: environmentPath(layout.current),
      before: previous === null ? null : shownEnvironment(previous.environment),
      after: shownEnvironment(environment),
      mode: '600',
      owner: 'root',
    },
  }
}

/** At the very end: the archive, which nobody needs any more, and what has served longest ago. */
export function removeOldReleases(wish: Wish): Step[] {
  const { layout, old, artifact } = wish
  if (old.length === 0 && artifact.kind === 'directory') return []
  return [
    {
      id: 'releases.remove',
      title: old.length === 0 ? 'Remove the archive' : `Remove the archive and ${old.join(', ')}`,
      as: 'root',
      ...(wish.serves !== null && old.length === 0 ? { alreadySo: 'there is nothing to remove' } : {}),
      apply: [
        ...(artifact.kind === 'directory' ? [] : [removeFetched(wish)]),
        ...(old.length === 0 ? [] : [removeReleases(layout, old)]),
      ],
    },
  ]
}
