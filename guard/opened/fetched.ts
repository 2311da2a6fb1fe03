import { baseName, type Call } from '../reading/call.ts'

const fetching = new Set('curl wget aria2c fetch axel'.split(' '))
const isFetch = ({ name }: Call): boolean => fetching.has(name)
const puts: Readonly<Record<string, RegExp>> = {
  dpkg: /^(-\w*i|--install|--unpack)$/,
  rpm: /^(-[a-zA-Z]*[iUF]\w*|--install|--upgrade)$/,
  apt: /^install$/,
  'apt-get': /^install$/,
  gdebi: /./,
  dnf: /^(install|localinstall)$/,
  yum: /^(install|localinstall)$/,
  zypper: /^(install|in)$/,
  apk: /^add$/,
  opkg: /^install$/,
  pacman: /^-U\w*$/,
  snap: /^install$/,
  pip: /^install$/,
  pip3: /^install$/,
}

const putting = new Set(Object.keys(puts))

/** Anybody on the way may have changed it, or a bare number is all that is known of where it lies. */
const unproven = /^(http|ftp):\/\/(?!localhost|127\.|\[::1\])|^https?:\/\/\d+\.\d+\.\d+\.\d+[:/]/
/** What is compared with a known sum or signature may come from anywhere. */
const proves = /^(sha\d*sum|gpgv?|minisign|cosign|signify|debsig-verify|dpkg-sig)$/

/** Calls that put in a package which an earlier call fetched without a proof of where it comes from. */
export function fetchedPackages(calls: readonly Call[]): readonly Call[] {
  if (calls.length < 2 || !calls.some(({ name }) => putting.has(name)) || !calls.some(isFetch)) return none
  const fetched = new Set<string>()
  const found: Call[] = []
  for (const call of calls) {
    if (proves.test(call.name)) fetched.clear()
    else if (isFetch(call)) for (const name of filesOf(call)) fetched.add(name)
    else if (puts[call.name] !== undefined && isPut(call, fetched)) found.push(call)
  }
  return found
}

const none: readonly Call[] = []

const isPut = ({ name, args }: Call, fetched: ReadonlySet<string>): boolean =>
  args.some(({ text }) => puts[name]?.test(text) === true) && args.some(({ text }) => fetched.has(baseName(text)))

/** By which names a file may lie there: that of its address, or any that the call says. */
const filesOf = ({ args, redirects }: Call): readonly string[] =>
  args.some(({ text }) => unproven.test(text))
    ? [...args, ...redirects.map(({ target }) => target)].flatMap(({ text }) => {
        const name = baseName(text.replace(/[?#].*$/, ''))
        return name.includes('.') ? [name] : []
      })
    : []
