/** One message of a server-sent event stream. */
export type SseMessage = { readonly id: string | null; readonly event: string; readonly data: string }

/**
 * Reads a body of `text/event-stream`: messages in order, comments dropped, a message cut off at the end of the stream
 * dropped too, as the HTML standard has it ("Interpreting an event stream").
 */
export async function* sseMessages(body: AsyncIterable<Uint8Array>): AsyncGenerator<SseMessage> {
  let message: SseMessage = nothing
  for await (const line of linesOf(body)) {
    if (line === '') {
      if (message.data !== '') yield { ...message, data: message.data.slice(0, -1) }
      message = { ...nothing, id: message.id }
    } else {
      message = withLine(message, line)
    }
  }
}

const nothing: SseMessage = { id: null, event: 'message', data: '' }

function withLine(message: SseMessage, line: string): SseMessage {
  const [field, value] = fieldOf(line)
  switch (field) {
    case 'id':
      return value.includes('\0') ? message : { ...message, id: value }
    case 'event':
      return { ...message, event: value }
    case 'data':
      return { ...message, data: `${message.data}${value}\n` }
    default:
      return message // a comment (empty name), `retry`, or a field of a later standard
  }
}

function fieldOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(':')
  if (colon === -1) return [line, '']
  const value = line.slice(colon + 1)
  return [line.slice(0, colon), value.startsWith(' ') ? value.slice(1) : value]
}

/** Lines end in CR LF, LF or CR; a CR at the end of a chunk may be half of a CR LF. */
async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true })
    const pieces = rest.split(/\r\n|\n|\r(?!$)/)
    rest = pieces.pop() ?? ''
    yield* pieces
  }
}
