/**
 * Text of others for a terminal: colours pass; what else would steer it (cursor, title, clipboard, questions that it
 * answers, the direction of writing) is shown as a sign. A carriage return could write over our own line.
 */
export const tame = (text: string): string => text.replaceAll(steering, sign)

/** The same for what a command writes, which may draw its progress over itself. */
export const tameOutput = (text: string): string =>
  text.replaceAll(steering, (found) => (found === '\r' || found === '\b' ? found : sign(found)))

const steering =
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  /\u001b\[[0-9;:]*m|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

/** The Control Pictures of Unicode; U+FFFD where there is none. */
function sign(found: string): string {
  const code = found.charCodeAt(0)
  if (found.length > 1) return found // a colour
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd'
}
