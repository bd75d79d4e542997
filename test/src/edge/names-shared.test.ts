import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@facepipe/service';
import { decodeStatus, encodeStatus } from '@facepipe/wire';
import {
  alive,
  bucket,
  enter,
  filming,
  idsOf,
  mosquitto,
  options,
  run,
  take,
} from '../support/names-scene.js';
import { facepipe, freshFolder } from '../support/program.js';
import { until } from '../support/until.js';

// Client ids and topics are names that anybody may claim: what strangers do with them ends nothing and silences nobody.

test(
  'two programs with one client id go on, and are told what it means after three times',
  options,
  async (t) => {
    const { url } = await mosquitto(t);
    const place = await bucket(t);
    const sinks = [1, 2].map(() =>
      run(t, ['sink', '--broker', url, '--store', place.url, '--port', '0', '--client-id', 'shared']),
    );
    await Promise.all(
      sinks.map((sink) => sink.line(/"level":50.*two programs with one client id throw each other out/)),
    );
    alive(...sinks);
    const { url: other } = await mosquitto(t);
    const forwarders = [1, 2].map(() =>
      run(t, ['forward', '--from', url, '--to', other, '--client-id', 'shared-too']),
    );
    await Promise.all(
      forwarders.map((forward) =>
        forward.line(/"level":50.*two programs with one client id throw each other out/),
      ),
    );
    alive(...forwarders);
    for (const { lines } of [...sinks, ...forwarders]) {
      const told = lines.filter((line) => /throw each other out/.test(line)).length;
      // for each of two connections the third, the ninth, the 27th time
      assert.ok(told <= 6, `told ${told} times`);
    }
    const [sink] = sinks;
    const port = /metrics on port (\d+)/.exec((await sink?.line(/metrics on port/)) ?? '')?.[1];
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
    assert.deepEqual([ready.status, /two programs with one client id/.test(await ready.text())], [503, true]);
  },
);

test('a capture whose name another one says to have goes on, and says so', options, async (t) => {
  const { url } = await mosquitto(t);
  const link = await enter(t, url);
  const status = encodeStatus({
    ...{ state: 'online', instance: newId(), version: '0', since: new Date().toISOString() },
    ...{ uptime: 1, totals: {}, rates: {} },
  });
  const forging = new AbortController();
  const forged = (async () => {
    while (!forging.signal.aborted) {
      await link.publish({ topic: 'facepipe/door/status', payload: status, retain: true });
      await sleep(200);
    }
  })();
  let [faces, own] = [0, 0];
  await link.subscribe('facepipe/door/faces', async () => void faces++);
  await link.subscribe('facepipe/door/status', async ({ payload }) => {
    if (decodeStatus(payload)?.version !== '0') own++;
  });
  const capture = run(t, filming(url));
  try {
    await capture.line(/"level":50.*Another capture says at \S+ that it is door/);
    await until('it captures all the same', () => faces > 2 && own > 1);
  } finally {
    // before its connection is closed: a publish that nobody waits for fails the file, and names no test
    forging.abort();
    await forged;
  }
  assert.equal((await capture.stop()).code, 143);
});

test(
  'a state folder that cannot be used, or a damaged secret, is one sentence and exit code 2',
  options,
  async (t) => {
    const { url } = await mosquitto(t);
    const folder = freshFolder('facepipe-state-');
    writeFileSync(join(folder, 'secret'), 'junk');
    const commands = [
      ['forward', '--from', url, '--to', `${url}/`],
      ['log', '--audit', '--broker', url],
      ['sink', '--broker', url, '--store', 'file:///tmp/facepipe-none'],
    ];
    const refused = async (state: string, code: string, args: string[]) => {
      const outcome = await facepipe([...args, '--state', state]);
      assert.deepEqual([outcome.code, outcome.stderr.includes(code)], [2, true], outcome.stderr);
    };
    for (const args of commands) {
      await refused('/proc/none', 'FACEPIPE_E_STATE_FOLDER', args);
      await refused(folder, 'FACEPIPE_E_SECRET_DAMAGED', args);
    }
    assert.equal(readFileSync(join(folder, 'secret'), 'utf8'), 'junk');
    const plain = run(t, ['log', '--broker', url, '--state', '/proc/none']);
    await plain.line(/connected to/);
  },
);

test(
  'no client id is said in statuses, metrics, health answers, results, or in a log above debug',
  options,
  async (t) => {
    const { url } = await mosquitto(t);
    const place = await bucket(t);
    const link = await enter(t, url);
    let statuses = '';
    await link.subscribe('facepipe/+/status', async ({ payload }) => {
      statuses += payload.toString();
    });
    const served = ['--port', '0'];
    const programs = [
      run(t, ['sink', '--broker', url, '--store', place.url, ...served]),
      run(t, ['forward', '--from', url, '--to', url, '--to-topic', 'cloud/{device}/faces', ...served]),
      run(t, ['log', '--audit', '--broker', url, ...served]),
      run(t, [...filming(url), ...served]),
    ];
    const ids = (await Promise.all(programs.map(idsOf))).flat();
    assert.equal(new Set(ids).size, 5);
    const answers: string[] = [];
    for (const program of programs) {
      const port = /on port (\d+)/.exec(await program.line(/metrics on port/))?.[1];
      // while it is well, and thrown out
      for (const path of ['readyz', 'metrics'])
        answers.push(await (await fetch(`http://127.0.0.1:${port}/${path}`)).text());
      for (const id of await idsOf(program)) await take(t, url, id, {});
      answers.push(await (await fetch(`http://127.0.0.1:${port}/readyz`)).text());
    }
    await until('a status came', () => statuses.includes('online'));
    const outcomes = await Promise.all(programs.map((program) => program.stop()));
    const lines = programs.flatMap((program) => program.lines).filter((line) => !/^\{"level":20,/.test(line));
    const said = [statuses, ...answers, ...outcomes.map(({ stdout }) => stdout), ...lines].join('\n');
    assert.ok(said.includes('facepipe_capture_frames_total') && said.includes('connected to'));
    for (const id of ids) assert.ok(!said.includes(id), id);
  },
);
