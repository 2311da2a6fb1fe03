#!/usr/bin/env node
import { start } from './start.mjs'

await start('test/guard/main.ts')
