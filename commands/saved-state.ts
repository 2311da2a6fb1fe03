import type { SavedState } from '../schema/plan.ts'
import { hiddenBeside, temporaryBeside } from './backup.ts'
import { firewallBack, saveFirewall } from './saved-firewall.ts'
import { networkBack, saveNetwork } from './saved-network.ts'
import { lines, refuse, sh, when, type Script } from './shell.ts'

/** What a host keeps of its own state lies under `$d`; the file at `paths[3]` is `$d/saved/3`. */
export function saveState(state: SavedState): Script {
  const units = [...new Set([...state.units, ...state.reload])]
  return lines(
    sh`mkdir -- "$d/saved"`,
    // sha256sum -c takes a list without a line for a failure.
    sh`: >"$d/saved/begun"`,
    savingFile,
    ...state.files.map((path, index) => sh`save_file ${index} ${path} ${readyBeside(path)}`),
    // One hash a line, so that what was saved can be proved later; a link has none.
    sh`(cd -- "$d/saved" && find . -type f -exec sha256sum -- '{}' +) >"$d/manifest"`,
    // The same of the files themselves: what is put back is proved by it.
    sh`: >"$d/hashes"`,
    ...state.files.map(
      (path) => sh`if [ -f ${path} ] && [ ! -L ${path} ]; then sha256sum -- ${path} >>"$d/hashes"; fi`,
    ),
    sh`${attributes(state)} >"$d/attributes"`,
    sh`: >"$d/units"`,
    savingUnit,
    ...units.map((unit) => sh`save_unit ${unit}`),
    sh`: >"$d/kernel"`,
    savingParameter,
    ...state.kernelParameters.map((name) => sh`save_parameter ${name}`),
    ...(state.firewall ? [saveFirewall] : []),
    ...(state.network === true ? [saveNetwork] : []),
  )
}

/** Kind, mode, owner and, of a link, where it leads; what is not there has no line. */
const attributes = ({ files }: SavedState): Script => sh`{ stat -c '%F %a %u %g %N' -- ${files} 2>/dev/null || true; }`

/** A second copy stands ready to be renamed into place: that needs no room, whatever has filled the disk by then. */
const readyBeside = (path: string): string => hiddenBeside(path, 'drydock-revert')

/** Takes the second copies away, once nothing will be restored any more. */
export const removeReady = ({ files }: SavedState): Script => sh`rm -f -- ${files.map(readyBeside)}`

const savingFile = sh`save_file() {
  if [ -L "$2" ] || [ -f "$2" ]; then
    cp -a -- "$2" "$d/saved/$1"
    cp -a -- "$2" "$3"
  elif [ -e "$2" ]; then
    printf '%s\n' "$2 is neither a file nor a link, so it cannot be saved" >&2
    exit 1
  else
    : >"$d/saved/$1.absent"
  fi
}`

// A call for each: the guard reads no text that is longer than 64 KiB.
const savingUnit = sh`save_unit() {
  printf '%s %s %s\n' "$1" "$(systemctl is-enabled -- "$1" 2>/dev/null | head -n 1 | grep . || echo none)" "$(systemctl is-active -- "$1" || true)" >>"$d/units"
}`

const savingParameter = sh`save_parameter() {
  if value=$(sysctl -n -- "$1"); then printf '%s=%s\n' "$1" "$value" >>"$d/kernel"; fi
}`

/**
 * Brings all of it back, goes on after a failure and counts in `$problems` what is not as it was. What stands right
 * already is left alone, so it may be run again. Expects `note`.
 */
export function stateBack(state: SavedState): Script {
  const firewall = state.firewall ? [sh`firewall_back`] : []
  return lines(
    sh`problems=0
problem() { problems=$((problems + 1)); note "problem: $*"; }`,
    fileBack,
    unitBack,
    ...(state.firewall ? [firewallBack] : []),
    ...(state.network === true ? [networkBack] : []),
    sh`(cd -- "$d/saved" && sha256sum -c --status -- ../manifest) || problem "the saved files are not what they were when they were saved"`,
    ...state.files.map((path, index) => sh`file_back ${index} ${path} ${readyBeside(path)}`),
    // A host that lost its power in the middle of a change may have kept what was not whole yet.
    ...(state.files.length === 0 ? [] : [sh`rm -f -- ${state.files.map(temporaryBeside)}`]),
    sh`changed_units=
while read -r unit enabled active; do enabling_back "$unit" "$enabled"; done <"$d/units"
quietly systemctl daemon-reload || problem "systemd could not read its units anew"`,
    // Access first: rules, then whoever reads the files anew; stopping a unit may take its time.
    ...firewall,
    ...(state.network === true ? [sh`network_back`] : []),
    ...state.reload.map((unit) => sh`reload_back ${unit}`),
    sh`while read -r unit enabled active; do activity_back "$unit" "$active"; done <"$d/units"`,
    ...firewall.map((back) => when(sh`[ -n "$changed_units" ]`, back)),
    when(sh`[ -s "$d/kernel" ]`, sh`sysctl -q -p "$d/kernel" || problem "not every kernel parameter is back"`),
    sh`[ ! -s "$d/hashes" ] || sha256sum -c --status -- "$d/hashes" || problem "not every file has its old content"
${attributes(state)} | cmp -s - "$d/attributes" || problem "not every file has its old owner, mode and kind"`,
  )
}

/** Few calls and few branches: the guard reads this once for each file. */
const fileBack = sh`is_back() {
  cmp -s -- "$d/saved/$1" "$2" && [ "$(stat -c '%F %a %u %g %N' -- "$2" | cut -d "'" -f 1)" = "$(stat -c '%F %a %u %g %N' -- "$d/saved/$1" | cut -d "'" -f 1)" ]
}
file_back() {
  if [ -e "$d/saved/$1.absent" ]; then rm -f -- "$2"; return; fi
  is_back "$1" "$2" && return
  note "$2 is put back"
  mkdir -p -m 755 -- "$(dirname -- "$2")"
  mv -fT -- "$3" "$2" 2>/dev/null
  is_back "$1" "$2" || { cp -a --remove-destination -- "$d/saved/$1" "$3" && mv -fT -- "$3" "$2"; }
}`

const unitBack = sh`quietly() { timeout 60 "$@" >/dev/null 2>&1; }
enabling_back() {
  now=$(systemctl is-enabled -- "$1" 2>/dev/null | head -n 1 | grep . || echo none)
  if [ "$now" != "$2" ]; then
    case $now in masked*) quietly systemctl unmask -- "$1" ;; esac
    case $2 in
      enabled) quietly systemctl enable -- "$1" || problem "$1 could not be enabled" ;;
      masked) quietly systemctl mask -- "$1" || problem "$1 could not be masked" ;;
      *) case $now in enabled*) quietly systemctl disable -- "$1" || problem "$1 could not be disabled" ;; esac ;;
    esac
    note "$1 is $2 again"
  fi
}
activity_back() {
  case $2 in
    active | activating | reloading)
      if ! systemctl is-active --quiet -- "$1"; then
        quietly systemctl reset-failed -- "$1"
        quietly systemctl start -- "$1"
        changed_units=1
        if systemctl is-active --quiet -- "$1"; then note "$1 runs again"; else problem "$1 does not run"; fi
      fi
      ;;
    *)
      if systemctl is-active --quiet -- "$1"; then
        quietly systemctl stop -- "$1" || problem "$1 could not be stopped"
        changed_units=1
        note "$1 was stopped"
      fi
      ;;
  esac
}
reload_back() {
  grep -qxE "$1 [^ ]+ (active|activating|reloading)" "$d/units" || return 0
  quietly systemctl reset-failed -- "$1"
  case $1 in
    *.socket) quietly systemctl restart -- "$1" ;;
    *)
      # A daemon that has its sockets from systemd loses them when it runs itself anew, as sshd does on a reload.
      if systemctl is-active --quiet -- "$(basename -- "$1" .service).socket"; then
        quietly systemctl restart -- "$1"
      else
        quietly systemctl reload-or-restart -- "$1" || quietly systemctl restart -- "$1"
      fi
      ;;
  esac
  if systemctl is-active --quiet -- "$1"; then note "$1 has read its files"; else problem "$1 does not run"; fi
}`

/** Refuses before anything is changed where the state could not be saved or put back. */
export const canSave = (state: SavedState): Script =>
  lines(
    ...(state.kernelParameters.length === 0
      ? []
      : [when(sh`! command -v sysctl >/dev/null`, refuse('sysctl is missing on it'))]),
    ...state.files.map((path) =>
      when(
        sh`[ -e ${path} ] && [ ! -f ${path} ] && [ ! -L ${path} ]`,
        refuse(`${path} is neither a file nor a link, so it cannot be saved`),
      ),
    ),
  )
