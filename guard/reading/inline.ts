import { isDynamic, one, star } from './marks.ts'
import type { Inner } from './inner.ts'
import { statementsIn } from './statements.ts'
import { unlinkedPaths, writingsIn, writingsOfAwk } from './writings.ts'

const string = String.raw`(?:[rbuf]{0,2})("""|'''|"|'|\x60)((?:\\.|(?!\1)[\s\S])*?)\1`

/** Calls that give a literal string to a shell, in the languages we meet. */
const shellCalls = new RegExp(
  String.raw`\b(?:system|popen|exec|execSync|spawnSync|getoutput|getstatusoutput|passthru|shell_exec|proc_open|os\.execute|subprocess\.\w+|check_call|check_output|Popen|run|call)\s*\(?\s*${string}(?!\s*[.+%])\s*[,);\n]?`,
  'g',
)
const backticks = /`([^`]+)`|%x[{([]([^})\]]+)[})\]]|qx\s*[{(/]([^})/]+)[})/]/g
const literalString = String.raw`(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)')`
/** Calls that take program and words as strings of their own. */
const lists = new RegExp(
  String.raw`(?:subprocess\.\w+|check_call|check_output|run|call|Popen|execvp?e?|spawn(?:Sync|[lv]p?e?)?|execFile(?:Sync)?|system|exec)\s*\(?\s*(?:${literalString}\s*,\s*)?[[(]?((?:\s*${literalString}\s*,?)+)(?!\s*[.+%])[\])]?`,
  'g',
)
const strings = new RegExp(literalString, 'g')

/** What would run or delete, whatever it is given. */
const runsSomething =
  /\b(?:system|popen|exec[lv]?p?e?|execSync|execFile(?:Sync)?|spawn\w*|Popen|subprocess|child_process|getoutput|passthru|shell_exec|proc_open|fork|os\.execute|pty|ctypes|eval|__import__|compile|fromCharCode|b64decode|base64|unhexlify|decode_base64|pack)\b|`|%x|\bqx\b/
const deletes =
  /\b(?:rmtree|rm_rf?|rm_r|removedirs|remove_entry|rmSync|removeSync|rmdirSync|rimraf|unlinkSync|remove_tree|rmdir|unlink|Deno\.remove|os\.remove|truncate|File\.delete|FileUtils\.\w*rm\w*|fs\.(?:promises\.)?rm\w*)\b/
const writesDevice = /\/proc\/sysrq-trigger|\/dev\/(?:sd|nvme|vd|xvd|hd|mmcblk|mem|kmem|mapper|disk)/
/** Deletions of a path that stands there: as rm would be asked for them. */
const deletions = new RegExp(
  String.raw`(?<!["'])\b(rmtree|rm_rf?|rm_r|removedirs|remove_tree|remove_dir|rmSync|rmdirSync|rimraf|unlinkSync|unlink|os\.remove|File\.delete|rmdir|remove_entry_secure)\b\s*[([]?\s*(?:Dir\.glob|Dir\[|glob)?\s*\(?\s*${literalString}(\s*[+.%]\s*[\w$'"])?`,
  'g',
)
const trees = /^(rmtree|rm_r|rm_rf|remove_tree|remove_dir|rmSync|rmdirSync|rimraf|remove_entry_secure)$/
/** Files that are opened to be written. */
const opened = new RegExp(
  String.raw`\b(?:open|fopen|openSync|writeFile(?:Sync)?|createWriteStream|File\.(?:open|write)|file_put_contents|IO\.binwrite)\s*\(?\s*(?:\w+\s*,\s*)?["'](?:[+]?>{1,2}\s*)?(\/[^"']+)["']`,
  'g',
)

/** Libraries by which code reaches containers, clusters, clouds and guests, and what their calls destroy by. */
const reaches =
  /\b(?:docker|podman|kubernetes|boto3|libvirt|proxmoxer|googleapiclient|google\.cloud|azure\.mgmt|hcloud|digitalocean|openstack|pymongo|redis|psycopg2?|pymysql|sqlalchemy|elasticsearch|Docker|dockerode|aws-sdk|Aws)\b/
const destroysThere =
  /\.(?:remove|kill|stop|prune\w*|delete(?:_|[A-Z])\w+|terminate\w*|destroy|undefine|drop\w*|flushall|flushdb|shutdown)\s*\(|\b(?:for\b[\s\S]*|all\(\))\.delete\(|\b(?:drop\s+(?:table|database|schema)|truncate\s+\w|delete\s+from\s+\w+\s*["';])/i

/** What gives its calls of plain names to programs. */
const runsPrograms = /\bsubprocess\b|\bchild_process\b/

/** What is only searched for, or printed; in what a string works out itself, more may stand. */
const said = new RegExp(
  String.raw`\b(?:print|puts|echo|say|console\.(?:log|error))\s*\(?\s*${literalString}\s*\)?\s*(?=$|[;\n])`,
  'g',
)
const patterns = /(^|[(=~,!&|{;]\s*|\b(?:while|if|unless|and|or|not|split|grep|when)\s+)\/(?:\\.|[^/\\\n])+\/[a-z]*/g
const withoutSaid = (code: string): string =>
  code.replaceAll(patterns, '$1 ').replaceAll(said, (whole) => (/#\{|@\{|\$\{/.test(whole) ? whole : ' '))

/** A signal to every process. */
const endsAll = /\bkill\s*\(?\s*(?:['"]?\w+['"]?\s*,\s*-1\b|-1\s*,)/
const unlinkedByMap = new RegExp(String.raw`array_map\s*\(\s*["']unlink["']\s*,\s*glob\s*\(\s*${literalString}`, 'g')

const power = /\b(?:reboot|RB_AUTOBOOT|LINUX_REBOOT|sysrq|os\.kill\s*\(\s*-?1\b)/

/** Reads inline code of an interpreter: literal shell commands are read on, what else could destroy is unclear. */
export function readInline(code: string, language: string): readonly Inner[] {
  if (language.endsWith('awk')) return readAwk(code)
  if (language === 'expect') return readExpect(code)
  const found: Inner[] = language === 'tclsh' ? deletedByTcl(code) : []
  for (const [, , command] of code.matchAll(shellCalls)) if (command !== undefined) found.push(literal(command))
  for (const [, double, single, words = ''] of code.matchAll(lists)) {
    const first = double ?? single
    const rest = [...words.matchAll(strings)].map(([, inDouble, inSingle]) => inDouble ?? inSingle ?? '')
    const parts = [...(first === undefined ? [] : [first]), ...rest]
    if (parts.length > 1) found.push({ kind: 'words', words: parts.map((part) => ({ text: plain(part) })) })
  }
  const removed = [...code.matchAll(deletions)]
  for (const [, name = '', double, single, more] of removed)
    found.push({
      kind: 'words',
      words: [
        { text: 'rm' },
        ...(trees.test(name) ? [{ text: '-rf' }] : []),
        ...shellWords(`${plain(double ?? single ?? '')}${more === undefined ? '' : '*'}`),
      ],
    })
  const unlinked = unlinkedPaths(code)
  found.push(...statementsIn(code), ...writingsIn(code), ...unlinked)
  if (endsAll.test(code)) found.push({ kind: 'words', words: [{ text: 'kill' }, { text: '-9' }, { text: '-1' }] })
  for (const [, double, single] of code.matchAll(unlinkedByMap))
    found.push({ kind: 'words', words: [{ text: 'rm' }, ...shellWords(plain(double ?? single ?? ''))] })
  if (writesDevice.test(code))
    for (const [, path = ''] of code.matchAll(opened))
      if (writesDevice.test(path)) found.push({ kind: 'words', words: [{ text: 'dd' }, { text: `of=${path}` }] })
  const unknownDeletions =
    (withoutSaid(code).match(new RegExp(deletes.source, 'g')) ?? []).length > removed.length + unlinked.length
  if (language !== 'node' && language !== 'nodejs' && language !== 'python')
    for (const [, a, b, c] of code.matchAll(backticks)) found.push(literal(a ?? b ?? c ?? ''))
  const left = withoutLiteral(code)
  if (
    isDynamic(code.slice(0, 1)) ||
    runsSomething.test(left) ||
    (runsPrograms.test(code) && /\b(?:run|call|check_call|check_output|exec\w*|spawn\w*)\s*\(/.test(left)) ||
    unknownDeletions ||
    writesDevice.test(code) ||
    power.test(code) ||
    (reaches.test(code) && destroysThere.test(code))
  )
    found.push({
      kind: 'unclear',
      because: `${language} code runs programs or deletes; what it does cannot be read here.`,
    })
  return found
}

/** `file delete -force PATH`. */
const deletedByTcl = (code: string): Inner[] =>
  [...code.matchAll(/\bfile\s+delete\s+(-force\s+)?(?:--\s+)?["{]?(\/[^\s"}]+)/g)].map(([, , path = '']) => ({
    kind: 'words',
    words: ['rm', '-rf', path].map((word) => ({ text: word })),
  }))

/** What is left when calls that were read are taken out: code that makes its commands, or runs more. */
const withoutLiteral = (code: string): string =>
  code
    .replaceAll(shellCalls, ' ')
    .replaceAll(lists, ' ')
    .replaceAll(/`[\w ./:=@%+,-]*`/g, ' ')
    .replaceAll(
      /\b(?:import|from)\s+[\w., ]+(?:\s+import\s+[\w, ]+)?|require\(\s*["'](?:node:)?child_process["']\s*\)/g,
      ' ',
    )
    .replaceAll(/\b(?:os|subprocess|child_process|s|sp|cp)\./g, ' ')

const literal = (value: string): Inner => ({ kind: 'text', text: plain(value), shell: 'child' })

/** A path of a language's glob, with the marks that the shell's would have. */
const shellWords = (path: string): { text: string }[] => [{ text: path.replaceAll('*', star).replaceAll('?', one) }]

/** A string of a language as it is after its escapes. */
const plain = (text: string): string =>
  text.replaceAll(/\\(['"\\]|n|t)/g, (_, char: string) => (char === 'n' ? '\n' : char === 't' ? '\t' : char))

/** expect starts programs by spawn, exec and system, and types into them. */
const readExpect = (code: string): readonly Inner[] =>
  [...code.matchAll(/\b(?:spawn|exec|system)\s+(?:-\w+\s+)*([^;\n]+)|\bsend\s+(?:--\s+)?["{]([^"}]*)/g)].map(
    ([, started, typed]) =>
      (started ?? '').includes('$') && started?.startsWith('$') === true
        ? { kind: 'unclear', because: 'Which program expect starts, only the host knows.' }
        : literal((started ?? typed ?? '').replaceAll(/\\[rn]/g, '\n')),
  )

/** awk runs programs by system(), by a pipe to or from a string, and by no other way. */
function readAwk(code: string): readonly Inner[] {
  const literals = [
    ...code.matchAll(/system\s*\(\s*"((?:\\.|[^"\\])*)"\s*\)/g),
    ...code.matchAll(/\|\s*&?\s*"((?:\\.|[^"\\])*)"/g),
    ...code.matchAll(/"((?:\\.|[^"\\])*)"\s*\|\s*&?\s*getline/g),
  ]
  const found = literals.map(
    ([, command = '']): Inner => ({ kind: 'text', text: command.replaceAll(/\\(.)/g, '$1'), shell: 'child' }),
  )
  found.push(...writingsOfAwk(code))
  const outside = code.replaceAll(/"(?:\\.|[^"\\])*"|\/(?:\\.|[^/\\\n])+\//g, '""')
  const runs = (outside.match(/\bsystem\s*\(|\|\s*getline|[^|]\|\s*&?\s*(?:""|[a-z_$(])/gi) ?? []).filter(
    (hit) => !hit.includes('||'),
  ).length
  // `print | "sh"`: what is printed is the program.
  const shell = literals.some(([, command = '']) => /^\s*(\S*\/)?(ba|da|z|k)?sh\b(?!.*-c)/.test(command))
  if (runs > literals.length || shell)
    found.push({ kind: 'unclear', because: 'awk would run text that it makes itself.' })
  return found
}
