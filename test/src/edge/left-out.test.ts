import assert from 'node:assert/strict';
import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/brokers.js';
import { startEmbedded } from '../support/embedded.js';
import { facepipe, freshFolder } from '../support/program.js';

const photo = fileURLToPath(new URL('../../../packages/edge/photos/astronaut.png', import.meta.url));

test('a capture that ends before its broker came says what waits, and ends with 4', async () => {
  const spool = freshFolder('facepipe-spool-');
  const url = `mqtt://127.0.0.1:${await freePort()}`;
  const args = ['capture', '--name', 'door', '--broker', url, '--spool', spool, '--quiet'];
  const { code, stdout, stderr } = await facepipe([...args, '--source', photo]);
  assert.equal(code, 4, stderr);
  assert.match(stdout, /^frames 1, captured 1, published 0, spooled 1, lost 0$/m);
  const last = stderr.split('\n').at(-1) ?? '';
  assert.match(
    last,
    /was not there at the end, and 1 face is waiting for it in .*\[FACEPIPE_E_UNSENT\] see \S+#facepipe_e_unsent$/,
  );
  assert.ok(last.includes(spool) && last.includes(url), last);
  // the next run, with a broker, has it
  const scene = ['--source', 'demo', '--frames', '1'];
  const more = await facepipe([...args, ...scene]);
  assert.equal(more.code, 4, 'also where this run found no face');
  assert.match(more.stderr, /1 face waits of an earlier run/);
});

test('a folder of which half is broken: the rest is done, the totals say it, and the exit code is 3', async () => {
  const folder = freshFolder('facepipe-half-');
  for (const name of ['a', 'c']) cpSync(photo, join(folder, `${name}.png`));
  for (const name of ['b', 'd']) writeFileSync(join(folder, `${name}.png`), 'no picture');
  const broker = await startEmbedded();
  const args = ['capture', '--source', folder, '--name', 'door', '--broker', broker.url, '--quiet'];
  try {
    const plain = await facepipe(args);
    assert.equal(plain.code, 3, plain.stderr);
    assert.match(plain.stdout, /^frames 2, corrupt 2, captured 2,/m);
    for (const name of ['b.png', 'd.png']) assert.ok(plain.stderr.includes(name), name);
    assert.match(plain.stderr, /2 of the files of .* could not be read.*\[FACEPIPE_E_PICTURES\] see \S+$/);
    const json = await facepipe([...args, '--json']);
    assert.equal(JSON.parse(json.stdout).corrupt, 2);
    const demo = await facepipe([
      'demo',
      '--source',
      folder,
      '--data',
      freshFolder('facepipe-data-'),
      '--quiet',
    ]);
    assert.equal(demo.code, 3, demo.stderr);
    assert.match(demo.stdout, /corrupt 2, captured 2, .*stored 2,/);
    const whole = freshFolder('facepipe-whole-');
    cpSync(photo, join(whole, 'a.png'));
    const fine = await facepipe(args.map((arg) => (arg === folder ? whole : arg)));
    assert.equal(fine.code, 0, fine.stderr);
    assert.doesNotMatch(fine.stdout, /corrupt/);
  } finally {
    await broker.stop();
  }
  assert.equal(readdirSync(folder).length, 4);
});

test('what would be passed over in silence is said', async () => {
  const away = `mqtt://127.0.0.1:${await freePort()}`;
  const env = { FACEPIPE_BROKRE: 'mqtt://elsewhere' };
  const said = await facepipe(['log', '--broker', away], { env });
  assert.match(
    said.stderr,
    /WARN.* FACEPIPE_BROKRE is none of facepipe’s .* the nearest is FACEPIPE_BROKER$/m,
  );
  for (const line of (await facepipe(['log', '--broker', away, '--json'], { env })).stderr.split('\n'))
    JSON.parse(line);
  const bucket = ['sink', '--broker', away, '--store', 's3://faces', '--endpoint', 'http://127.0.0.1:1'];
  const cases: [args: string[], says: RegExp][] = [
    [[...bucket, '--region', 'x', '--storage-class', 'FOO'], /FOO is not known\. Use one of .*STANDARD_IA/],
    [['log', '--broker', away, '-u', 'a', '-P', 'b', '--password-file', photo], /received both/],
    [['log', '--broker', away, '--ca', photo], /mqtts:\/\/ or wss:\/\/ for --ca/],
    [['log', '--broker', away, '-P', 'b'], /--username with --password/],
  ];
  for (const [args, says] of cases) {
    const { code, stderr } = await facepipe(args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, says);
  }
  // an error of the command itself, about a value of the environment
  const wrong = await facepipe(['log'], { env: { FACEPIPE_BROKER: 'tcp://edge' } });
  assert.equal(wrong.code, 2);
  assert.match(
    wrong.stderr,
    /--broker is from the variable FACEPIPE_BROKER\. \[FACEPIPE_E_BROKER_URL\] see \S+$/,
  );
});
