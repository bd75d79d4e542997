import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { commands } from 'facepipe';
import { mosquittoMissing, startMosquitto } from '../support/brokers.js';
import { certificates, opensslMissing } from '../support/certificates.js';
import { blocksIn, root } from '../support/documents.js';
import { freshFolder, type Program, start } from '../support/program.js';
import type { RunningBroker } from '../support/running-broker.js';
import { type OpenStore, s3Missing, s3Server, stores } from '../support/stores.js';

const shim = fileURLToPath(new URL('../support/documented-command.js', import.meta.url));
const ffmpegMissing = spawnSync('ffmpeg', ['-version']).error
  ? 'ffmpeg is not installed: apt-get install ffmpeg'
  : undefined;
const jqMissing = spawnSync('jq', ['--version']).error
  ? 'jq is not installed: apt-get install jq'
  : undefined;
const skip = mosquittoMissing ?? (opensslMissing || (s3Missing ?? ffmpegMissing ?? jqMissing ?? false));

/** Examples of `--help` that this machine cannot run. */
const needsCamera = (line: string) => /^facepipe devices/.test(line);

const running = new Set<ChildProcess>();
process.on('exit', () => {
  // each is a group, with all that it started
  for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
});

interface Lab {
  /** What the documents call a broker or a bucket, and what it is here; longer names first. */
  places: [named: string, here: string][];
  env: Record<string, string>;
}

/** A folder like a clone, with the files that the documents speak of. */
function makeClone(): string {
  const folder = freshFolder('facepipe-documents-');
  // what is written to is copied
  for (const name of readdirSync(root).filter((name) => !/^(\.git|examples|facepipe-.*)$/.test(name)))
    symlinkSync(join(root, name), join(folder, name));
  cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
  const photo = join(root, 'packages/edge/photos/grace_hopper.jpg');
  cpSync(photo, join(folder, 'photo.jpg'));
  const film = [
    '-loglevel',
    'error',
    '-loop',
    '1',
    '-i',
    photo,
    '-frames:v',
    '5',
    '-r',
    '5',
    '-vf',
    'scale=320:-2',
  ];
  assert.equal(spawnSync('ffmpeg', [...film, join(folder, 'clip.mp4')]).status, 0);
  for (const name of ['pw', 'password']) writeFileSync(join(folder, name), 'secret\n');
  writeFileSync(join(folder, 'token'), 'a secret of enough letters\n');
  mkdirSync(join(folder, 'bin'));
  for (const name of ['facepipe', 'npx', 'npm']) {
    const text = `#!/bin/sh\nexec "${process.execPath}" "${shim}" ${name} "$@"\n`;
    writeFileSync(join(folder, 'bin', name), text, { mode: 0o755 });
  }
  return folder;
}

async function runBlock(text: string, { places, env }: Lab): Promise<{ code: number | null; said: string }> {
  const cwd = makeClone();
  let here = text;
  for (const [named, place] of places) here = here.replaceAll(named, place);
  here = here.replaceAll('file:///var/lib/', `file://${cwd}/`).replaceAll('/var/lib/', `${cwd}/`);
  const child = spawn('bash', ['-euo', 'pipefail', '-c', here], {
    cwd,
    env: {
      ...process.env,
      FACEPIPE_STATE: join(cwd, 'state'),
      FACEPIPE_SPOOL: join(cwd, 'spool'),
      ...env,
      PATH: `${join(cwd, 'bin')}:${process.env.PATH}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
  const [code] = await once(child, 'close');
  running.delete(child);
  return { code, said };
}

suite('the shell blocks of the documents', { skip, timeout: 600_000, concurrency: 2 }, () => {
  const open: { close(): Promise<unknown> }[] = [];
  let lab: Lab;

  before(async () => {
    const tls = certificates({ after: (end) => void open.push({ close: async () => end() }) });
    const pem = { ca: tls.file('ca.pem'), cert: tls.file('server.pem'), key: tls.file('server.key') };
    const brokers: RunningBroker[] = [await startMosquitto(), await startMosquitto({ tls: pem })];
    const [edge, cloud] = brokers.map(({ url }) => url);
    const store: OpenStore = (await stores[1]?.open()) ?? assert.fail();
    const { endpoint, env } = await s3Server();
    const sink: Program = start([
      'sink',
      '--broker',
      edge ?? '',
      '--store',
      store.url,
      '--port',
      '0',
      ...store.flags,
    ]);
    const port = /metrics on port (\d+)/.exec(await sink.line(/metrics on port/))?.[1] ?? '';
    for (const broker of brokers) open.push({ close: () => broker.stop() });
    open.push(store, { close: () => sink.stop() });
    const cloudUrl = (cloud ?? '').replace('mqtt:', 'mqtts:');
    lab = {
      places: [
        ['mqtts://cloud.example:8883', cloudUrl],
        ['mqtts://cloud.example', cloudUrl],
        ['mqtt://127.0.0.1', edge ?? ''],
        ['mqtt://edge', edge ?? ''],
        ['rtsp://camera.local', 'demo'],
        ['s3://my-faces/site1', store.url],
        ['s3://my-faces', store.url],
        ['facepipe health\n', `facepipe health --port ${port}\n`],
        ['--port 9465', `--port ${port}`],
      ],
      env: {
        ...env,
        AWS_ENDPOINT_URL_S3: endpoint,
        FACEPIPE_SOURCE: 'demo',
        FACEPIPE_BROKER: edge ?? '',
        FACEPIPE_FROM: edge ?? '',
        FACEPIPE_TO_CA: pem.ca,
        FACEPIPE_PORT: '0',
      },
    };
  });
  after(async () => {
    for (const part of open.reverse()) await part.close();
  });

  const examples = Object.values(commands).flatMap(({ examples }) => examples.map(([line]) => line));
  const blocks = [
    ...blocksIn('sh').map(({ place, text }) => ({ name: place, text })),
    ...examples.filter((line) => !needsCamera(line)).map((line) => ({ name: line, text: `${line}\n` })),
  ];
  for (const { name, text } of blocks)
    test(name, { timeout: 300_000 }, async () => {
      const { code, said } = await runBlock(text, lab);
      assert.equal(code, 0, said);
    });
});
