const plainWord = /^[A-Za-z0-9_@%+=:,./-]+$/

/**
 * The command text of the words after `--`: one word is shell text as it stands (`-- 'df -h | tail -1'`), several are
 * words and stay words (`-- echo 'a b'`), whatever characters they hold.
 */
export const commandText = (words: readonly string[]): string =>
  words.length === 1 ? (words[0] ?? '') : words.map(quoted).join(' ')

// A first word such as A=b would be taken as an assignment by the shell, so it is quoted too.
const quoted = (word: string, position: number): string =>
  plainWord.test(word) && !(position === 0 && word.includes('=')) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
