import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Denial, permissionRemedy } from '../../dist/v4l2/permission.js';

const denial: Denial = {
  path: '/dev/video0',
  code: 'EACCES',
  mode: 0o20660,
  gid: 44,
  group: 'video',
  listed: false,
  joined: false,
  user: 'ann',
};

test('the remedy fits what keeps a user from a camera', () => {
  const cases: [change: Partial<Denial>, says: RegExp][] = [
    [{}, /^Join its group and log in again: sudo usermod -aG video ann; .*--group-add video\.$/],
    [{ listed: true }, /^ann is in its group video, .*log out and in again/],
    [{ group: undefined }, /--group-add 44/],
    [{ gid: 0, group: 'root' }, /^No group but root may use it: sudo chgrp video .*udev rule/],
    [{ gid: 0, group: 'root', listed: true }, /chgrp video/],
    [{ mode: 0o20600 }, /chmod 660/],
    [{ mode: 0o20640 }, /chmod 660/],
    [{ joined: true, mode: 0o20600 }, /chmod 660/],
    [{ joined: true }, /container or a sandbox.*--device \/dev\/video0/],
    [{ code: 'EPERM' }, /container or a sandbox/],
  ];
  for (const [change, says] of cases) {
    const remedy = permissionRemedy({ ...denial, ...change });
    assert.match(remedy, says);
    assert.doesNotMatch(remedy, /usermod -aG root/);
    if (!says.source.includes('usermod')) assert.doesNotMatch(remedy, /usermod/);
  }
});
