import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { freshFolder, type Outcome, start } from '../support/program.js';
import { until } from '../support/until.js';

const folder = freshFolder('facepipe-ending-');

/** Takes every connection and never answers. */
const sockets = new Set<Socket>();
const hole = createServer((socket) => {
  sockets.add(socket);
  socket.on('error', () => {});
});
await new Promise<void>((resolve) => hole.listen(0, '127.0.0.1', resolve));
const address = hole.address();
const url = `mqtt://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
after(() => {
  for (const socket of sockets) socket.destroy();
  hole.close();
});

const photo = fileURLToPath(new URL('../../../packages/edge/photos/astronaut.png', import.meta.url));
const scene = ['capture', '--source', 'demo', '--width', '320', '--height', '240', '--name', 'door'];
const commands: Record<string, string[]> = {
  log: ['log', '--broker', url],
  audit: ['log', '--audit', '--broker', url],
  forward: ['forward', '--from', url, '--to', url, '--to-topic', 'cloud/{device}/faces'],
  sink: ['sink', '--broker', url, '--store', pathToFileURL(join(folder, 'bucket')).href, '--port', '0'],
  capture: [...scene, '--broker', url],
};

/** Ended as a program that was told to: no error, no stack. */
function ended({ code, stderr }: Outcome, signal: 'SIGINT' | 'SIGTERM', what: string): void {
  assert.equal(code, signal === 'SIGINT' ? 130 : 143, `${what}: ${stderr}`);
  assert.doesNotMatch(stderr, /^\s+at /m, `${what}: no stack`);
  assert.doesNotMatch(stderr, /bug|FACEPIPE_E_|AbortError/, what);
}

for (const [name, args] of Object.entries(commands)) {
  test(`${name} ends with 130 or 143 while its broker does not answer`, async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const before = sockets.size;
      const program = start(args);
      await until(`${name} connects`, () => sockets.size > before);
      ended(await program.stop(signal), signal, name);
    }
  });
}

test('whatever the moment of a start, a signal ends it without a word about a bug', async () => {
  const demo = ['demo', '--data', join(folder, 'demo'), '--name', 'door'];
  const detect = ['detect', ...Array<string>(20).fill(photo)];
  const broker = ['broker', '--port', '0', '--data', join(folder, 'broker')];
  const rest = { demo, detect, broker, ...commands };
  for (const [name, args] of Object.entries(rest)) {
    for (const delay of [300, 900, 1800]) {
      const program = start(args);
      await sleep(delay);
      const outcome = await program.stop('SIGINT');
      const what = `${name} after ${delay} ms`;
      // before the program has said what signals mean to it, the system ends it; a short one may be done
      if (outcome.signal === 'SIGINT' || (name === 'detect' && outcome.code === 0)) continue;
      ended(outcome, 'SIGINT', what);
    }
  }
});

test('the first Ctrl-C says how long the faces are waited for, the second ends at once, with totals', async () => {
  const spool = join(folder, 'spool');
  const program = start([...scene, '--broker', url, '--spool', spool, '--log-level', 'debug', '--quiet']);
  await program.line(/looking for faces/);
  await program.line(/ face .*seq/);
  program.child.kill('SIGINT');
  await program.line(/ending: .* 13 s at most; a second signal \(Ctrl-C\) ends at once/);
  await sleep(500);
  const at = Date.now();
  const outcome = await program.stop('SIGINT');
  ended(outcome, 'SIGINT', 'capture');
  assert.ok(Date.now() - at < 5000, 'at once, and not after the drain');
  assert.match(outcome.stdout, /^frames \d+, captured [1-9]\d*, published 0, spooled [1-9]\d*, lost 0$/m);
  // the faces are there for the next run
  const captured = Number(/captured (\d+)/.exec(outcome.stdout)?.[1]);
  const next = start([...scene, '--broker', url, '--spool', spool, '--frames', '1']);
  const said = await next.line(/of an earlier run/);
  // one whose counting the end has cut off may be there too
  assert.ok(Number(/(\d+) faces? waits?/.exec(said)?.[1]) >= captured, said);
  await next.stop();
});
