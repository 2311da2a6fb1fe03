import { describe, expect, test } from 'vitest'
import { type SseMessage, sseMessages } from '../../../cli/sse.ts'

async function read(...chunks: (string | Uint8Array)[]): Promise<SseMessage[]> {
  async function* body() {
    for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
  }
  const messages: SseMessage[] = []
  for await (const message of sseMessages(body())) messages.push(message)
  return messages
}

describe('a stream of server-sent events', () => {
  test('gives id, event and data of each message', async () => {
    expect(await read('id: 7\nevent: step\ndata: {"a":1}\n\n')).toEqual([{ id: '7', event: 'step', data: '{"a":1}' }])
  })

  test('joins several data lines with line breaks', async () => {
    expect(await read('data: one\ndata: two\n\n')).toMatchObject([{ data: 'one\ntwo' }])
  })

  test('leaves comments, empty messages and unknown fields out', async () => {
    expect(await read(': heartbeat\n\nretry: 5\nid: 1\n\ndata: x\n\n')).toEqual([
      { id: '1', event: 'message', data: 'x' },
    ])
  })

  test('reads every kind of line end, also one cut in two between chunks', async () => {
    expect(await read('data: a\r', '\n\r\ndata: b\r\rdata: c\n\n')).toMatchObject([
      { data: 'a' },
      { data: 'b' },
      { data: 'c' },
    ])
  })

  test('puts characters together that were cut in the middle of their bytes', async () => {
    const bytes = Buffer.from('data: Größe\n\n')
    expect(await read(bytes.subarray(0, 9), bytes.subarray(9))).toMatchObject([{ data: 'Größe' }])
  })

  test('takes one space after the colon away, and only one', async () => {
    expect(await read('data:  x\n\ndata:y\n\n')).toMatchObject([{ data: ' x' }, { data: 'y' }])
  })

  test('drops a message that was cut off at the end', async () => {
    expect(await read('data: whole\n\nid: 9\ndata: half')).toMatchObject([{ data: 'whole' }])
  })

  test('keeps the last id for messages that carry none, and starts each with a fresh event name', async () => {
    expect(await read('id: 3\nevent: step\ndata: a\n\ndata: b\n\n')).toEqual([
      { id: '3', event: 'step', data: 'a' },
      { id: '3', event: 'message', data: 'b' },
    ])
  })
})
