/** What drops or empties a database, or a part of one. */
export const sql =
  /\b(drop\s+(database|schema|table|tablespace|user|role|view|keyspace|owned|measurement|materialized|index\s+\S+\s+cascade|type|extension)|truncate(\s+table)?\s+[\w"`.]|delete\s+from\s+[\w"`.]+\s*(;|$|--)|delete\s+from\s+[\w"`.]+\s+where\s+(1\s*=\s*1|true)|update\s+[\w"`.]+\s+set\s+(?![\s\S]*\bwhere\b)|alter\s+table\s+\S+\s+drop\s+(column|partition)|reset\s+(master|slave|replica|binary\s+logs)|revoke\s+all\s+(privileges\s+)?on\s+(\*|database|schema|all)|purge\s+binary\s+logs|shutdown)/i
/** The same in rarer words: what fits every row, what stands for all that hangs on it, what nobody reaches any more. */
const inOtherWords =
  /\b(delete\s+from|update)\s[^;]{0,1000}\bwhere\s+(\(?\s*(true|1|not\s+false)\s*\)?\s*(;|$)|[\w".]+\s*(>=?\s*0|is\s+not\s+null|like\s+''|!=\s*''|<>\s*'')\s*(;|$))|\bdelete\s+from\s+[\w"`.]+\s+(limit\b|using\b(?![\s\S]{0,1000}\bwhere\b))|\bdrop\s+[\w\s".()]{1,200}\bcascade\b|\bdrop\s+(publication|subscription|procedure|event|foreign\s+table|server)\b|\bcreate\s+or\s+replace\s+table\b|\bengine\s*=\s*blackhole\b|\b(discard|import)\s+tablespace\b|\bpurge\s+(master|binary)\s+logs\b|\bchange\s+(master|replication\s+source)\s+to\b|\brevoke\s+(all(\s+privileges)?\s*,|connect\s+on\s+database)|\balter\s+database\s+\S+\s+(rename|connection\s+limit\s+0|with\s+(connection\s+limit\s+0|allow_connections\s+false)|allow_connections\s+false|set\s+offline)|\bset\s+(global|persist)\s+((super_)?read_only|offline_mode)\s*=\s*(1|on)|\bset\s+(global|persist)\s+max_connections\s*=\s*\d\b|\balter\s+system\s+(reset\s+all|set\s+(max_connections|shared_buffers)\s*(=|to)\s*'?\d{1,2}\b)|\blo_unlink\s*\([^)]{0,100}\)\s+from\b|\brestore\s+database\s[^;]{0,300}\breplace\b|repair_allow_data_loss|sp_msforeachtable\b[^;]{0,300}(delete|drop|truncate)|\balter\s+table\s+\S+\s+(on\s+cluster\s+\S+\s+)?(delete\s+where\s+1|detach\s+part\w*)|\bdetach\s+table\b[^;]{0,300}permanently/i
/** What holds all of a database, and a database that its name says to be the one in use. */
export const isDump =
  /\b(zcat|gunzip|gzip|xzcat|zstdcat|bzcat|lz4|pg_dump\w*|mysqldump|mariadb-dump)\b|\.(sql|dump|bak)\b/
/** A file of statements whose name says what they do. */
export const toldByName =
  /(^|\s|=|(?<!migrat\w*|versions|changes)\/)(drop|wipe|truncate|purge|nuke|delete|destroy|reset)(?!\S*(index|report|view|column|sequence|constraint|trigger|test))([-_]\w[\w-]*)?\.sql\b/i
/** What says itself which databases it writes over. */
export const ofAll =
  /(^|[-_./ ])(all[-_]?(db|dbs|databases?)|full[-_]?(dump|backup)?|dumpall|everything|cluster|global)([-_.\d][\w.-]*)?\.(sql|dump)\b|--all-databases\b|\bpg_dumpall\b/i

/** What stands in a string of SQL is no statement, unless something there executes strings. */
export function isDrop(text: string): boolean {
  const plain = withoutOwn(text)
    .replaceAll(/\/\*!?\d*([\s\S]*?)\*\//g, ' $1 ')
    .replaceAll(/^\s*--.*$/gm, '')
    .replaceAll(/\bexplain\s(?![^;]*\banaly[sz]e\b)[^;]*/gi, '')
  const told = /\b(execute|prepare|exec|dblink)\b|\\gexec\b/i.test(plain)
    ? plain
    : plain.replaceAll(/'(?:''|[^'])*'/g, "''")
  return sql.test(told) || inOtherWords.test(told) || ofOwner.test(plain)
}

/** Whoever owns every database gets in by another password. */
const ofOwner =
  /\b(alter\s+(user|role)|set\s+password\s+for)\s+['"`]?(root|postgres|sa)['"`]?(@\S+)?\s+(identified|with|password|=|encrypted)/i

const mostMade = 20

/** A table that the same statements have made is nobody's loss. */
function withoutOwn(text: string): string {
  const made = [
    ...text.matchAll(/\bcreate\s+(?:temp(?:orary)?\s+table\s+(?:if\s+not\s+exists\s+)?|table\s+(?!if\b))([\w."]+)/gi),
  ]
  return made.slice(0, mostMade).reduce((left, [whole, name = '']) => {
    const at = left.indexOf(whole)
    const dropped = new RegExp(
      String.raw`\bdrop\s+table\s+(?:if\s+exists\s+)?${name.replaceAll('.', '[.]')}(?=\s|;|$)`,
      'gi',
    )
    return at < 0 ? left : `${left.slice(0, at)}${left.slice(at).replaceAll(dropped, '')}`
  }, text)
}
