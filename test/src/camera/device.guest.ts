import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openSource, type Source, type SourceOptions } from '@facepipe/edge/source';
import { loadVivid, unload, v4l2ctl, vivid } from './cameras.js';

before(() => loadVivid());

const main = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));
const small: SourceOptions = { width: 320, height: 180, fps: 15 };

/** Takes so many frames, then leaves the loop. */
async function take(source: Source, count: number): Promise<number> {
  let taken = 0;
  for await (const _ of source.frames(AbortSignal.timeout(60_000))) if (++taken === count) break;
  return taken;
}

interface Ended {
  code: number | null;
  out: string;
  said: string;
}

function facepipe(args: readonly string[], user: { uid?: number; gid?: number } = {}): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { ...user, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended: Ended = { code: null, out: '', said: '' };
  child.stdout.on('data', (data) => {
    ended.out += data;
  });
  child.stderr.on('data', (data) => {
    ended.said += data;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ ...ended, code })));
}

/** What this process holds of cameras: descriptors, and memory that they share. */
function held(): { descriptors: number; maps: number } {
  const links = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  const maps = readFileSync('/proc/self/maps', 'utf8').split('\n');
  return {
    descriptors: links.filter((link) => link.startsWith('/dev/video')).length,
    maps: maps.filter((line) => line.includes('/dev/video')).length,
  };
}

test('a camera is opened fifty times, and nothing of it is left', async () => {
  const source = await openSource(`v4l2:${vivid}`, small);
  for (let times = 1; times <= 50; times++) {
    assert.equal(await take(source, 1), 1);
    assert.deepEqual(held(), { descriptors: 0, maps: 0 }, `after ${times} times`);
  }
  const stop = new AbortController();
  for await (const _ of source.frames(stop.signal)) {
    assert.deepEqual(held(), { descriptors: 1, maps: 4 });
    stop.abort();
  }
  assert.deepEqual(held(), { descriptors: 0, maps: 0 });
});

test('waiting for a frame ends when it is told to', async () => {
  // one frame a second: most of the time is spent waiting
  const source = await openSource(`v4l2:${vivid}`, { ...small, fps: 1 });
  const stop = new AbortController();
  let frames = 0;
  for await (const _ of source.frames(stop.signal)) {
    frames++;
    setImmediate(() => stop.abort());
  }
  assert.equal(frames, 1);
});

test('what the driver stamps is the time of the picture', async () => {
  const source = await openSource(`v4l2:${vivid}`, small);
  const before = Date.now();
  let last = 0;
  let count = 0;
  for await (const { captured } of source.frames(AbortSignal.timeout(60_000))) {
    const time = captured.getTime();
    // two clocks are read one after the other
    assert.ok(time >= Math.max(before, last) - 2 && time <= Date.now(), `${time} after ${last}`);
    last = time;
    if (++count === 10) break;
  }
});

test('devices names a camera once, and not its node for metadata', async () => {
  const nodes = readdirSync('/dev').filter((name) => /^video\d+$/.test(name));
  const { code, out } = await facepipe(['devices', '--json']);
  assert.equal(code, 0);
  const cameras = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ card }) => card === 'vivid');
  assert.ok(nodes.length > cameras.length, `${nodes}`);
  const [{ path, driver, bus, formats, controls }] = cameras;
  assert.deepEqual([cameras.length, path, driver, bus], [1, vivid, 'vivid', 'platform:vivid-000']);
  const yuyv = formats.find(({ format }: { format: string }) => format === 'YUYV');
  assert.deepEqual(yuyv.sizes[0], {
    width: 320,
    height: 180,
    rates: [60, 50, 40, 30, 25, 15, 12.5, 10, 5, 4, 2, 1],
  });
  const brightness = controls.find(({ name }: { name: string }) => name === 'brightness');
  assert.deepEqual(
    [brightness.type, brightness.min, brightness.max, brightness.value],
    ['integer', 0, 255, 128],
  );
  const listed = (await v4l2ctl(vivid, '--list-ctrls')).matchAll(/^ *(\w+) 0x[0-9a-f]+ \((\w+)\)/gm);
  const names = [...listed].filter(([, , type]) =>
    /^(int|bool|menu|intmenu|button|bitmask)$/.test(type ?? ''),
  );
  assert.deepEqual(
    controls.map(({ name }: { name: string }) => name),
    names.map(([, name]) => name),
  );
});

test('controls are set at every opening, and wrong ones refused before the first', async (t) => {
  t.after(() => v4l2ctl(vivid, '--set-ctrl=brightness=128,menu=3'));
  const controls = [
    { name: 'brightness', value: '33' },
    { name: 'menu', value: 'menu item 4' },
    { name: 'horizontal_flip', value: 'on' },
  ];
  const source = await openSource(`v4l2:${vivid}`, { ...small, controls });
  for (let times = 0; times < 2; times++) {
    await v4l2ctl(vivid, '--set-ctrl=brightness=128,menu=1,horizontal_flip=0');
    await take(source, 1);
    const set = await v4l2ctl(vivid, '--get-ctrl=brightness,menu,horizontal_flip');
    assert.match(set, /brightness: 33\nmenu: 4 \(Menu Item 4\)\nhorizontal_flip: 1/);
  }
  const wrong: [name: string, value: string, says: RegExp][] = [
    ['brightness', '256', /brightness of vivid cannot be 256: expected a whole number from 0 to 255/],
    ['menu', '2', /expected 1 \(Menu Item 1\), 3 \(Menu Item 3\)/],
    ['colour', '1', /expected one of brightness, contrast/],
    ['read_only_integer_32_bits', '1', /expected one of brightness/],
  ];
  for (const [name, value, says] of wrong) {
    await assert.rejects(openSource(`v4l2:${vivid}`, { controls: [{ name, value }] }), (error: Error) => {
      assert.match(error.message, says);
      return 'exit' in error && error.exit === 2;
    });
  }
});

test('what the camera gives instead is said once', async () => {
  const said: string[] = [];
  const onWarning = (line: string) => said.push(line);
  const source = await openSource('v4l2:vivid', { width: 700, fps: 1000, onWarning });
  await take(source, 1);
  await take(source, 1);
  assert.deepEqual(said, [
    'vivid: asked for width 700, 1000 frames a second, it gives 640×480 YUYV at 25 frames a second',
  ]);
});

test('a camera in use is refused with the program that has it', async () => {
  const source = await openSource(`v4l2:${vivid}`, small);
  for await (const _ of source.frames(AbortSignal.timeout(60_000))) {
    const { code, said } = await facepipe(['capture', '--source', `v4l2:${vivid}`, '--frames', '1']);
    assert.equal(code, 3, said);
    assert.match(said, new RegExp(`/dev/video0 is in use by .+ \\(process ${process.pid}\\)\\.`));
    break;
  }
});

test('a user outside the group is told which to join', async (t) => {
  t.after(() => chmodSync(vivid, 0o660));
  // 44 is video in Debian, 65534 nobody
  chownSync(vivid, 0, 44);
  chmodSync(vivid, 0o660);
  const nobody = { uid: 65534, gid: 65534 };
  for (const args of [['capture'], ['devices']]) {
    const { code, said } = await facepipe(args, nobody);
    assert.equal(code, args[0] === 'devices' ? 0 : 3, said);
    assert.match(said, /nobody may not open \/dev\/video0\. .*sudo usermod -aG video nobody/);
  }
});

test('what is no camera is refused with what it is', async () => {
  const metadata = readdirSync('/dev').find((name) => /^video\d+$/.test(name) && name !== 'video0');
  const cases: [spec: string, says: RegExp][] = [
    ['v4l2:/dev/null', /\/dev\/null is not a camera: it is not a V4L2 device/],
    ['v4l2:/dev', /\/dev is not a camera/],
    [`v4l2:/dev/${metadata}`, /is not a camera: it takes no pictures/],
    ['v4l2:Nothing', /There is no camera named Nothing: there is vivid at \/dev\/video0/],
  ];
  for (const [spec, says] of cases) await assert.rejects(openSource(spec), says);
});

test('an unplugged camera ends in an error, and is found again under another number', async () => {
  const source = await openSource('v4l2:vivid', small);
  const taken = (async () => {
    for await (const _ of source.frames(AbortSignal.timeout(60_000))) {
      await v4l2ctl(vivid, '--set-ctrl=disconnect=1').catch(() => {});
    }
  })();
  await assert.rejects(taken, /\/dev\/video0 is not there any more/);
  assert.deepEqual(held(), { descriptors: 0, maps: 0 });
  // the driver puts it back once nobody has it open
  assert.equal(await take(source, 1), 1);
  await unload('vivid');
  await assert.rejects(take(source, 1), /vivid \(\/dev\/video0\) is not there any more/);
  await loadVivid(7);
  assert.equal(await take(source, 2), 2);
  await unload('vivid');
  await loadVivid();
  assert.equal(await take(source, 2), 2);
});

test('no camera at all is a sentence and no failure', async () => {
  await unload('vivid');
  const { code, out, said } = await facepipe(['devices']);
  assert.deepEqual([code, out], [0, '']);
  assert.match(said, /this machine has no V4L2 camera/);
  await assert.rejects(openSource('v4l2'), /There is no camera that can capture\./);
  await loadVivid();
});
