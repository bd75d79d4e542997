// Serves examples/browser on this machine, with the headers that allow a page shared memory. `--port 0` picks a free
// one.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { port } = parseArgs({ options: { port: { type: 'string', default: '8080' } } }).values;
const page = fileURLToPath(new URL('browser/', import.meta.url));
const core = fileURLToPath(new URL('../packages/core/', import.meta.url));
const types = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** The file for an address: `core/` is the package, everything else the page. */
function fileOf(address) {
  // with the slash in front no `..` leads out
  const path = normalize(address.split('?')[0]);
  if (path === '/') return join(page, 'index.html');
  return path.startsWith('/core/') ? join(core, path.slice(6)) : join(page, path);
}

const server = createServer(async (request, response) => {
  const file = fileOf(request.url);
  const bytes = await readFile(file).catch(() => undefined);
  response.writeHead(bytes ? 200 : 404, {
    'content-type': (bytes && types[extname(file)]) ?? 'application/octet-stream',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cache-control': 'no-cache',
  });
  response.end(bytes ?? 'not here');
});
server.on('error', ({ message }) => {
  console.error(`example: ${message}; choose another port with --port`);
  process.exitCode = 1;
});
server.listen(Number(port), '127.0.0.1', () => {
  console.log(`http://localhost:${server.address().port}/`);
});
