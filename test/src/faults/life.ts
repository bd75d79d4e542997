import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { until } from '../support/until.js';
import type { Scenario } from './scenario.js';

const [libfaketime] = globSync('/usr/lib/*/faketime/libfaketime.so.1');

const startSinksAndCapture: Scenario['begin'] = async ({ sinks, capture }) => {
  await Promise.all(sinks.map((sink) => sink.start()));
  await capture.start();
};

/** Capture before there is anybody to take its faces. */
export const alone = (faces: number): Scenario => ({
  fault: `no forwarder until capture has ${faces} faces`,
  mode: 'stored',
  faces,
  pace: 0.05,
  begin: startSinksAndCapture,
  recoveryTimeout: 300,
  strike: async ({ passed, struck }) => {
    struck();
    await passed(faces);
  },
});

/** A device's clock that is set while capture runs, and found wrong when it starts. */
function setBack(): Scenario {
  const files: string[] = [];
  return {
    fault: 'the device’s clock jumps back an hour, and capture is killed after it',
    mode: 'stored',
    faces: 250,
    missing: () => (libfaketime ? undefined : 'libfaketime is not installed: apt-get install faketime'),
    options: async (scratch) => {
      const folder = await mkdtemp(join(tmpdir(), 'facepipe-clock-'));
      scratch.afterwards(() => rm(folder, { recursive: true, force: true }));
      const file = join(folder, 'clock');
      files.splice(0, 1, file);
      await writeFile(file, '+0');
      const captureEnv = {
        LD_PRELOAD: libfaketime ?? '',
        FAKETIME_TIMESTAMP_FILE: file,
        // seconds until it looks into the file again
        FAKETIME_CACHE_DURATION: '1',
        // a real clock that is set leaves the monotonic one alone
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      };
      return { captureEnv };
    },
    strike: async ({ chain, passed, struck }) => {
      const [file] = files;
      await passed(60);
      if (file) await writeFile(file, '-1h');
      struck();
      await until('capture’s clock is an hour back', () => chain.journal.time < Date.now() - 3_500_000);
      await passed(60);
      await chain.capture.kill();
      struck();
      await chain.capture.start();
      await passed(60);
    },
  };
}

export const clock = setBack();

/** Full speed: as fast as capture finds, keeps and sends them. */
export const flood: Scenario = {
  fault: 'none: 100,000 faces at full speed',
  mode: 'stored',
  faces: 100_000,
  crowd: [10, 6],
  pace: 0,
  long: true,
  flat: true,
  recoveryTimeout: 3600,
  strike: async ({ passed }) => passed(100_000),
};
