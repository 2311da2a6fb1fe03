import type { Terminal } from '../schema/terminal.ts'
import { lines, refuse, type Script, sh, when } from './shell.ts'

/**
 * Runs a script at a terminal, which script(1) makes on the host and which ends with it. Its exit status is the script's
 * own. Nobody types there: the first that reads the terminal is told that its input has ended. To be the last of a run.
 */
export const atTerminal = (script: Script, { columns, rows }: Terminal): Script => {
  // A terminal opens a session of its own. It is noted, so that what sudo starts there, without our name, is ended too.
  const noted = sh`echo $$ >"$DRYDOCK_TERMINAL"`
  const inside = lines(noted, sh`stty cols ${columns} rows ${rows}`, script)
  return lines(
    // script(1) gives the text to $SHELL, which the guard does not know. Without `-E never` the end of input would be echoed.
    sh`export SHELL=/bin/sh`,
    sh`exec script -q -e -f -E never -c ${inside.text} /dev/null`,
  )
}

/** Ends the run before anything of it where there is no script(1) that can do this; util-linux has `--echo` since 2.36. */
export const needsTerminal = ({ term }: Terminal): Script =>
  lines(
    when(
      sh`! script --help 2>/dev/null | grep -q -e --echo`,
      refuse(
        'Nothing was run: a terminal needs script(1) of util-linux 2.36 or newer, which this server lacks (package bsdutils, util-linux or util-linux-script).',
      ),
    ),
    sh`export TERM=${term}`,
  )
