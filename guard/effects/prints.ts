import type { Call } from '../reading/call.ts'

/** Whether what a call sends to a file is nothing, or not worth anything. */
export function printsNothing(call: Call): boolean {
  const texts = call.args.map(({ text }) => text)
  switch (call.name) {
    case '':
    case ':':
    case 'true':
    case 'false':
      return true
    case 'cat':
      return texts[0] === '/dev/null' || readsRandom(texts) || (texts.length === 0 && isFedNothing(call))
    case 'tee':
    case 'sponge':
      return isFedNothing(call)
    case 'printf':
    case 'echo':
      return texts.every((text) => text === '' || /^-[neE]+$/.test(text))
    case 'head':
    case 'tail':
      return (
        (readsRandom(texts) && !isOfKey.test(texts.join(' '))) || /^-[cn] ?0$/.test(texts.join(' ').slice(0, 4).trim())
      )
    case 'yes':
      return true
    default:
      return false
  }
}

/** As many random bytes as a key or a password has. */
const isOfKey = /(^|\s)(-c ?|--bytes[= ])\d{1,4}(\s|$)/

const isFedNothing = ({ stdin, redirects }: Call): boolean =>
  stdin?.read()?.trim() === '' ||
  redirects.some(({ operator, target }) => operator === '<' && target.text === '/dev/null') ||
  /(^|\|\s*)cat\s+(\/dev\/null|\/dev\/u?random)\s*$/.test(stdin?.from ?? '')

const readsRandom = (texts: readonly string[]): boolean => texts.some((text) => /^\/dev\/u?random$/.test(text))
