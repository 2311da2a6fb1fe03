import type { Inner } from './inner.ts'

/** Libraries by which code reaches databases that speak SQL. */
const libraries =
  /\b(?:(?:aio)?sqlite3?|SQLite3|better-sqlite3|psycopg\w*|asyncpg|pg8000|p[gy]mysql|aiomysql|MySQLdb|mysql2?|mysqli\w*|mariadb|postgres\w*|pg|pg-promise|pg_\w+|PDO|DBI|Mysql2|PG|Sequel|ActiveRecord|sqlalchemy|peewee|duckdb|pyodbc|cx_Oracle|oracledb|mssql|tedious|pymssql|sequelize|knex|Prisma\w*|prisma|typeorm|django|clickhouse\w*|snowflake|bigquery)\b/

const literals =
  /"""((?:\\.|[^\\])*?)"""|'''((?:\\.|[^\\])*?)'''|"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|`((?:\\.|[^`\\])*)`/g
const isStatement =
  /^\s*(?:--[^\n]*\n\s*)*(?:drop|truncate|delete|update|alter|begin|set|use)\b|;\s*(?:drop|truncate|delete)\b/i

/** Statements of SQL that stand in inline code as strings: read as a client of a database would be given them. */
export function statementsIn(code: string): readonly Inner[] {
  if (!libraries.test(code)) return []
  return [...code.matchAll(literals)].flatMap(([, a, b, c, d, e]): Inner[] => {
    const statement = (a ?? b ?? c ?? d ?? e ?? '').replaceAll(/\\(["'`])/g, '$1').replaceAll('\\n', '\n')
    return isStatement.test(statement)
      ? [{ kind: 'words', words: [{ text: 'mysql' }, { text: '-e' }, { text: statement }] }]
      : []
  })
}
