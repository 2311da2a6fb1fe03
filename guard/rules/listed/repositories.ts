import type { Row } from './row.ts'

const unkept = 'It throws away what was changed and not kept.'

/** `git config alias.undo 'reset --hard'` only says what a name will mean. */
const configures = /^(?:-[Cc]\s+\S+\s+|-(?![Cc]\s)\S+\s+)*config\s/

/** Version control on a server: what is not committed, and what is only in the history. */
export const repositoryRows: readonly Row[] = [
  {
    action: 'filesystem_bulk_delete',
    of: 'git',
    words: /(^|\s)reset\b.*--hard\b/,
    unless: configures,
    because: unkept,
    risk: 'medium',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'git',
    words: /(^|\s)(checkout|restore)( -f| --force| -q| --staged --worktree)*( --)? (\.|:\/|\*)(\s|$)/,
    unless: new RegExp(String.raw`(^|\s)restore\b.*--staged(?!.*--worktree)|${configures.source}`),
    because: unkept,
    risk: 'medium',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'git',
    words: /(^|\s)push\b.*(\s(-\w*f\w*|--force|--mirror)(\s|$)|\s\+\w)/,
    because: 'It replaces the history that others have.',
    risk: 'medium',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'git',
    words: /(^|\s)push\b.*(\s(-d|--delete)\s|\s:)(.*\/)?(main|master|prod|production|release)\b/,
    because: 'It removes a branch that others work from.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'git',
    words: /(^|\s)push\b.*\s(-d|--delete|--prune)(\s|$)|(^|\s)branch\b.*\s(-D|-[df]{2})(\s|$)/,
    many: true,
    because: 'It removes whatever a list of branches holds.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'git',
    words:
      /(^|\s)(-C \S+\.git\/?|--git-dir\S*|--bare)\s.*\bupdate-ref\b.*\s(-d|--stdin)\b|\bupdate-ref -d \S*\/(main|master|production|release)$/,
    because: 'It removes a branch that others work from.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'git',
    words:
      /(^|\s)reflog expire\b.*--expire(-unreachable)?=(now|all)|(^|\s)stash clear\b|(^|\s)gc\b.*--prune=(now|all)\b.*--aggressive/,
    because: 'It removes the last copies of what was thrown away.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'hg',
    words: /(^|\s)(purge|clean)\b.*--all\b|(^|\s)strip\b/,
    because: unkept,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'svn',
    words: /(^|\s)cleanup\b.*--remove-(unversioned|ignored)/,
    because: unkept,
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'gh glab',
    words: /^repo delete\b|^release delete\b.*--cleanup-tag/,
    because: 'It deletes a repository.',
  },
  {
    action: 'filesystem_bulk_delete',
    of: 'git',
    words: /(^|\s)filter-branch\b|(^|\s)filter-repo\b.*(--force|-f\b|--all|--path|--invert|--strip)/,
    because: 'It writes the history anew and drops what it takes out.',
  },
]
