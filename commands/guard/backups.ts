import type { BackupAnswer } from '../../schema/host-questions.ts'
import { lines, sh, type Script } from '../shell.ts'

/** The newest file that is not empty, and whether it can be read to its end as what its name says it is. */
export const askBackups = (places: readonly string[], about: string | null): Script =>
  lines(
    about === null
      ? sh`newest=$(timeout 10 find ${places} -maxdepth 5 -type f -size +0 -printf '%T@ %s %p\n' | sort -rn | head -n 1)`
      : sh`newest=$(timeout 10 find ${places} -maxdepth 5 -type f -size +0 -name ${`*${about}*`} -printf '%T@ %s %p\n' | sort -rn | head -n 1)`,
    sh`if [ -n "$newest" ]; then
file=$(echo "$newest" | cut -d ' ' -f 3-)
case $file in
*.tgz | *.gz) timeout 10 gzip -t -- "$file"; status=$? ;;
*.xz) timeout 10 xz -t -- "$file"; status=$? ;;
*.zst) timeout 10 zstd -q -t -- "$file"; status=$? ;;
*.bz2) timeout 10 bzip2 -t -- "$file"; status=$? ;;
*.tar) timeout 10 tar -tf "$file" > /dev/null; status=$? ;;
*) status=127 ;;
esac
echo "$(date +%s) $status $newest"
fi
echo ok`,
  )

/** 124: it could not be read to the end in time; 126 and 127: nothing here reads it. */
const cannotTell = new Set([124, 126, 127])

export function readBackups([row]: readonly string[]): BackupAnswer | null {
  const [, now, status, at, bytes, path] = /^(\d+) (\d+) (\d+)(?:\.\d+)? (\d+) (.*)$/.exec(row ?? '') ?? []
  if (path === undefined) return null
  return {
    path,
    ageSeconds: Math.max(0, Number(now) - Number(at)),
    bytes: Number(bytes),
    readable: cannotTell.has(Number(status)) ? null : Number(status) === 0,
  }
}
