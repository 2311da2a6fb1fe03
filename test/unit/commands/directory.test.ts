import { describe, expect, it } from 'vitest'
import {
  areDirectoriesLike,
  makeDirectory,
  plainMode,
  unmakeDirectory,
  type Directory,
} from '../../../commands/directory.ts'
import { backup, expectScript } from './script.ts'

const one: Directory = { path: "/srv/it's", mode: '0750', owner: 'app', group: 'web', reach: 'self' }
const tree: Directory = { ...one, path: '/srv/tree', reach: 'tree' }

describe('a directory', () => {
  it('is looked at', () => expectScript(areDirectoriesLike([one, tree]), 'directory-check'))
  it('is made', () => expectScript(makeDirectory(one, backup), 'directory-make'))
  it('is made with all in it', () => expectScript(makeDirectory(tree, backup), 'directory-make-tree'))
  it('is taken back with the parents made for it', () =>
    expectScript(unmakeDirectory(one, backup, ['/srv']), 'directory-unmake'))
  it('is taken back with all in it', () => expectScript(unmakeDirectory(tree, backup, []), 'directory-unmake-tree'))

  it.each([
    ['0755', '755'],
    ['755', '755'],
    ['000', '000'],
  ])('of mode %s is %s to stat', (mode, plain) => {
    expect(plainMode(mode)).toBe(plain)
  })
})
