import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FacepipeError } from '@facepipe/service';
import { cameraFault } from '../../dist/v4l2/fault.js';
import { choose } from '../../dist/v4l2/find.js';
import { groupOf, holderOf } from '../../dist/v4l2/holder.js';

const formats = [{ format: 'YUYV', description: '', sizes: [] }];
const cameras = [
  { path: '/dev/video0', card: 'loop10', bus: 'platform:v4l2loopback-000', formats: [] },
  { path: '/dev/video2', card: 'HD Webcam C270', bus: 'usb-0000:00:14.0-1', formats },
  { path: '/dev/video4', card: 'HD Webcam', bus: 'usb-0000:00:14.0-2', formats },
];

test('a camera is chosen by its card, its bus or a part of either; the first with a format by nothing', () => {
  const cases: [wanted: string, path: string | undefined][] = [
    ['', '/dev/video2'],
    ['HD Webcam', '/dev/video4'],
    ['hd webcam', '/dev/video4'],
    ['2', '/dev/video2'],
    ['02', '/dev/video2'],
    ['1', undefined],
    ['usb-0000:00:14.0-2', '/dev/video4'],
    ['C270', '/dev/video2'],
    ['loop10', '/dev/video0'],
    ['FaceTime', undefined],
  ];
  for (const [wanted, path] of cases) assert.equal(choose(cameras, wanted)?.path, path, wanted);
});

test('a part that several cameras have in their names is refused; two nodes of one camera are one', () => {
  assert.throws(() => choose(cameras, 'webcam'), {
    code: 'FACEPIPE_E_CAMERA_AMBIGUOUS',
    exit: 3,
    message:
      /^Several cameras have "webcam" in their names: HD Webcam C270 at \/dev\/video2 \(usb-0000:00:14\.0-1\), /,
  });
  const nodes = [1, 3].map((n) => ({ path: `/dev/video${n}`, card: `UVC node ${n}`, bus: 'usb-1', formats }));
  assert.equal(choose(nodes, 'uvc')?.path, '/dev/video1');
});

const onLinux = { skip: process.platform === 'linux' ? false : 'needs /proc: Linux only' };

test('the group of a file and the process that holds it are found', onLinux, async (t) => {
  const { gid, group } = await groupOf('/dev/null');
  assert.deepEqual([gid, group?.name], [0, 'root']);
  const path = join(tmpdir(), `facepipe-held-${process.pid}`);
  const file = await open(path, 'w');
  const child = spawn('sleep', ['100'], { stdio: ['ignore', 'ignore', file.fd] });
  t.after(async () => {
    child.kill();
    await file.close();
  });
  await new Promise((resolve) => child.once('spawn', resolve));
  assert.equal((await readFile(`/proc/${child.pid}/comm`, 'utf8')).trim(), 'sleep');
  assert.equal(await holderOf(path), `sleep (process ${child.pid})`);
  assert.equal(await holderOf(`${path}-nobody`), undefined);
});

test('a failed system call is told in a sentence with what to do', onLinux, async () => {
  const told = async (code: string, path = '/dev/null'): Promise<string> => {
    const fault = await cameraFault(path, Object.assign(new Error(code), { code }));
    assert.ok(fault instanceof FacepipeError);
    assert.equal(fault.exit, 3);
    return `${fault.code} ${fault.message}`;
  };
  assert.match(
    await told('ENOENT', '/dev/video9'),
    /CAMERA_NOT_FOUND There is no camera \/dev\/video9\. `facepipe devices`/,
  );
  assert.match(
    await told('EACCES'),
    /CAMERA_PERMISSION .* may not open \/dev\/null\..*(No group but root may use it|A container or a sandbox forbids it)/,
  );
  assert.match(
    await told('EBUSY', '/dev/video9'),
    /CAMERA_BUSY \/dev\/video9 is in use by another program\./,
  );
  assert.match(await told('ENODEV'), /CAMERA_GONE \/dev\/null is not there any more\. Plug it in/);
  assert.match(await told('ENOTTY'), /CAMERA_KIND \/dev\/null is not a camera: it is not a V4L2 device\./);
  assert.match(await told('EIO'), /CAMERA_FAILED \/dev\/null failed \(EIO\)\./);
  const bug = new TypeError('a fault of the program');
  assert.equal(await cameraFault('/dev/null', bug), bug);
});
