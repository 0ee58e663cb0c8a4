import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { refuse } from './refuse.ts'

/** Vite names these by their content, so that they never change. */
const neverChanges = /[\\/]assets[\\/]/

/**
 * Serves the built screens of `folder`; every path that is no file is a screen's address and gets the
 * same document. Without a build it says how to make one.
 */
export async function servePages(server: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) {
    server.get('/', (_request, reply) =>
      reply
        .type('text/plain; charset=utf-8')
        .send(
          'The screens are not built yet: npm run build\n画面がまだビルドされていません: npm run build\n',
        ),
    )
    return
  }
  await server.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    index: 'index.html',
    cacheControl: false,
    setHeaders: (reply, path) => {
      const cache = neverChanges.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache'
      reply.header('cache-control', cache)
    },
  })
  server.get('/*', (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/'
    // A missing file is missing; a document in its place would only confuse. Deeper paths are screens,
    // and the id of an account may well look like the name of a file.
    if (path.startsWith('/assets/') || /^\/[^/]*\.\w+$/.test(path))
      return refuse(reply, 'NO_SUCH_PATH', { path })
    return reply.sendFile('index.html')
  })
}
