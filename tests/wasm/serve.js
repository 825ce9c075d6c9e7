import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('page.html', import.meta.url));
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** Serves the page at `/`, and beside it the glue and the wasm of the tests, on a free port. */
export async function serve(generated) {
  const server = createServer(async (request, response) => {
    // A parsed path has no `..` in it.
    const { pathname } = new URL(request.url, 'http://x');
    const file = pathname === '/' ? PAGE : join(generated, pathname);
    try {
      const content = await readFile(file);
      response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
