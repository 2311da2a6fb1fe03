/** The Temporal dev server of this test run. */
export function testTemporal(): string {
  const address = process.env.DRYDOCK_TEST_TEMPORAL
  if (!address)
    throw new Error(
      'DRYDOCK_TEST_TEMPORAL is not set: tests start through "npm test", or set it to a dev server of your own.',
    )
  return address
}
