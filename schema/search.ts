/** Search attributes of every workflow, for the Temporal Web UI: names and types to register. Never secrets. */
export const searchAttributes = {
  DrydockServer: 'KEYWORD',
  DrydockOperation: 'KEYWORD',
  DrydockRisk: 'KEYWORD',
  DrydockEnvironment: 'KEYWORD',
  DrydockRequester: 'KEYWORD',
} as const
export type SearchAttributeName = keyof typeof searchAttributes
