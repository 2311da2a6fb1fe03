import type { Arg, Call } from '../reading/call.ts'
import { readOptions } from '../reading/options.ts'
import { home } from '../reading/scope.ts'

/** In a shell of somebody else `~` is the home of an account that is named. */
export function atHomeOf(arg: Arg, call: Call): Arg {
  if (!arg.text.startsWith(`${home}/`)) return arg
  for (let { parent } = call; parent !== null; parent = parent.parent) {
    const user = userOf(parent)
    // Words of its own were still expanded by the shell outside.
    if (user !== null && (call.parent !== parent || parent.name === 'su' || parent.name === 'runuser'))
      return { text: `/home/${user}${arg.text.slice(home.length)}` }
  }
  return arg
}

function userOf({ name, args }: Call): string | null {
  if (!/^(sudo|su|runuser|doas)$/.test(name)) return null
  const options = readOptions(args, { short: 'ugcs', long: ['user', 'command', 'shell', 'group'] }, 'until_first_word')
  const named = options.values.get('u')?.[0]?.text ?? options.values.get('user')?.[0]?.text
  const user =
    named ?? (name === 'su' || name === 'runuser' ? options.rest.find(({ text }) => text !== '-')?.text : null)
  return user !== null && user !== undefined && /^[a-z_][\w.-]*$/.test(user) ? user : null
}
