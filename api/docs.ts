import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createMiddleware } from 'hono/factory'
import type { Api } from './context.ts'

const assets: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
}

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Drydock API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="docs"><noscript>The description for programs is at <a href="/openapi.json">/openapi.json</a>.</noscript></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`

const start = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, persistAuthorization: true, displayRequestDuration: true, tryItOutEnabled: true })
`

const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"

/** The page loads its own scripts and styles, which the policy of every other answer forbids. It stands around that policy: what comes last wins. */
export const docsPolicy = createMiddleware(async function allowOwnAssets(c, next) {
  await next()
  c.header('content-security-policy', policy)
})

/** The OpenAPI document, and a page that shows it; every byte of it is served from here. */
export function docs(app: Api): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: '`drydock token create` makes a token; the local stack prints where its first one is.',
  })
  let document: string | null = null
  app.get('/openapi.json', (c) => {
    document ??= JSON.stringify(describeApi(app))
    return c.body(document, 200, { 'content-type': 'application/json' })
  })

  app.get('/docs', (c) => c.html(page))
  app.get('/docs/start.js', (c) => c.body(start, 200, { 'content-type': 'text/javascript; charset=utf-8' }))
  for (const [name, type] of Object.entries(assets)) {
    app.get(`/docs/${name}`, async (c) => {
      const bytes = await readFile(join(folder(), name))
      return c.body(new Uint8Array(bytes), 200, { 'content-type': type, 'cache-control': 'public, max-age=86400' })
    })
  }
}

const folder = (): string => dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))

/** The OpenAPI 3.1 document of the routes as they are declared. */
export const describeApi = (app: Api) =>
  app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Drydock',
      version: '1',
      description:
        'Runs long server jobs over SSH that are not lost, do not run twice and lock nobody out. Starting a job is creating a resource and answers 202 with an operation. Errors have one form. `x-drydock-role` of a route is the least role that may ask.',
      license: { name: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
  })
