import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { appendFile, cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { freePort } from '../support/brokers.js';
import { s3Client } from '../support/stores.js';
import { until } from '../support/until.js';
import {
  attempt,
  bucketAt,
  cloudFile,
  edgeFiles,
  programs,
  started,
  temporary,
  variables,
} from './compose-project.js';
import { checkConfined } from './confined.js';
import { checkObjects, loggedFaces } from './delivered.js';
import { crash, docker, metric, metricsOf, Project, root, serviceOf } from './engine.js';

test('cloud and edge as two Compose projects, the bucket on radosgw in place of SeaweedFS or AWS', async (t) => {
  const run = randomUUID().slice(0, 8);
  const { place, host, env } = await bucketAt(t);
  const mqtts = await freePort();
  const folder = await temporary(t);
  const acl = join(folder, 'cloud.acl');
  await cp(join(root, 'deploy/mosquitto/cloud.acl'), acl);
  const cloud = new Project(t, `facepipe-cloud-${run}`, [cloudFile], {
    ...env,
    MQTTS_PORT: String(mqtts),
    CLOUD_HOST: host,
    ACL: acl,
  });
  const show = (user: string) => cloud.compose('run', '--rm', '-T', '--no-deps', 'setup', 'show', user);
  const url = `mqtts://${host}:${mqtts}`;
  let site: Record<string, string> = {};
  let edge: Project | undefined;
  let failed = false;
  /** What follows a failure would only hide it; the test has failed with that, whatever is skipped. */
  const step = (name: string, body: () => Promise<void>) =>
    t.test(name, async (s) => {
      if (failed) return s.skip('an earlier step failed');
      failed = true;
      await body();
      failed = false;
    });
  const edgeOf = () => edge ?? assert.fail('the edge was never started');

  await step('`up` brings the cloud up; setup makes a bucket, certificates and passwords', async () => {
    await started(cloud);
    assert.deepEqual((await cloud.containers()).map(serviceOf).sort(), ['broker', 'setup', 'sink']);
    site = variables(await show('site1'));
    assert.deepEqual(Object.keys(site), ['CLOUD', 'CLOUD_USER', 'CLOUD_PASSWORD', 'CLOUD_CA']);

    const bucket = `made-${run}`;
    const maker = new Project(t, `facepipe-bucket-${run}`, [cloudFile], {
      ...env,
      FACEPIPE_STORE: `s3://${bucket}`,
    });
    assert.match(
      await maker.compose('--profile', 's3', 'run', '--rm', '-T', '--no-deps', 'store-bucket'),
      /made the bucket/,
    );
    const client = await s3Client();
    t.after(() => client.destroy());
    assert.equal((await client.send(new ListObjectsV2Command({ Bucket: bucket }))).KeyCount, 0);
  });

  await step('another `up` keeps passwords and certificates', async () => {
    await started(cloud);
    const again = variables(await show('site1'));
    assert.deepEqual(again, site);
  });

  await step('the broker refuses whom it does not know, and what nobody may', async () => {
    const { CLOUD_CA: ca = '', CLOUD_USER: username = '', CLOUD_PASSWORD: password = '' } = site;
    assert.equal(await attempt(url, { ca, username, password }, 'facepipe/door/faces'), 'accepted');
    assert.match(await attempt(url, { ca, username, password }, 'facepipe/cellar/faces'), /Not authorized/);
    assert.match(await attempt(url, { ca, username, password }, 'facepipe/door/dead'), /Not authorized/);
    assert.match(await attempt(url, { ca, username, password: 'wrong' }), /Not authorized/);
    assert.match(await attempt(url, { ca }), /Not authorized/);
    assert.match(await attempt(url, { username, password }), /self-signed certificate/);
    assert.notEqual(await attempt(`mqtt://127.0.0.1:${mqtts}`, { username, password }), 'accepted');
    const elsewhere = await attempt(url, { ca, username, password, servername: 'elsewhere.example' });
    assert.match(elsewhere, /does not match certificate/);
  });

  await step('a site that is added to the access rules gets in', async () => {
    await appendFile(acl, '\nuser site2\ntopic write facepipe/roof/faces\n');
    await started(cloud);
    const {
      CLOUD_CA: ca = '',
      CLOUD_USER: username,
      CLOUD_PASSWORD: password = '',
    } = variables(await show('site2'));
    assert.equal(username, 'site2');
    await cloud.compose('kill', '-s', 'HUP', 'broker');
    let said = '';
    await until(
      () => `the broker knows site2: ${said}`,
      async () => {
        said = await attempt(url, { ca, username, password }, 'facepipe/roof/faces');
        return said === 'accepted';
      },
    );
    assert.match(await attempt(url, { ca, username, password }, 'facepipe/door/faces'), /Not authorized/);
  });

  await step('the edge with the demo scene comes up with what `show` said', async () => {
    const envFile = join(folder, 'edge.env');
    await writeFile(envFile, `${await show('site1')}CLOUD=mqtts://${host}:${mqtts}\n`);
    const settings = {
      MQTT_PORT: String(await freePort()),
      CAPTURE_PORT: String(await freePort()),
      FACEPIPE_WIDTH: '320',
      FACEPIPE_HEIGHT: '240',
      // what a busy machine's store keeps up with: a backlog that only grows would never be stored
      FACEPIPE_FPS: '8',
      FACEPIPE_SEND: 'every',
    };
    edge = new Project(t, `facepipe-edge-${run}`, edgeFiles, settings, envFile);
    await started(edge);
    await until('the first face is in the bucket', async () => (await place.list()).size > 0);
  });

  await step(
    'nothing runs as root, may do more than it needs, or has written outside its volumes',
    async () => {
      for (const container of [...(await cloud.containers()), ...(await edgeOf().containers())]) {
        checkConfined(container);
        const written = (await docker('diff', container.Name.slice(1))).split('\n').filter(Boolean);
        // where volumes are mounted, docker itself makes folders
        const own = written.filter((line) => !/^[AC] \/(run|var|mosquitto|acl|given)(\/|$)/.test(line));
        assert.deepEqual(own, [], serviceOf(container));
      }
    },
  );

  const stored = async () => metric(await metricsOf(await capture()), 'facepipe_capture_stored_total');
  const capture = async () => (await edgeOf().containers('capture'))[0] ?? assert.fail();
  const goesOn = async (what: string, faces = 30) => {
    const before = await stored();
    await until(`${what}: ${faces} more faces are stored`, async () => (await stored()) >= before + faces);
  };

  await step('sinks are scaled to four and back to one under load', async () => {
    await started(cloud, '--no-recreate', '--scale', 'sink=4');
    const sinks = await cloud.containers('sink');
    assert.equal(sinks.length, 4);
    await until('each of the four has stored a face', async () => {
      const counts = await Promise.all(sinks.map(metricsOf));
      return counts.every((text) => metric(text, 'facepipe_sink_stored_total') > 0);
    });
    await started(cloud, '--no-recreate', '--scale', 'sink=1');
    assert.equal((await cloud.containers('sink')).length, 1);
    await goesOn('with one sink again');
  });

  await step(
    'brokers are restarted and killed, a sink and the forwarder killed: it goes on by itself',
    async () => {
      await cloud.compose('restart', '-t', '10', 'broker');
      await goesOn('after a restart of the cloud’s broker');
      await edgeOf().compose('restart', '-t', '10', 'edge-broker');
      await goesOn('after a restart of the edge’s broker');
      const victims: [Project, string][] = [
        [cloud, 'broker'],
        [edgeOf(), 'edge-broker'],
        [cloud, 'sink'],
        [edgeOf(), 'forward'],
      ];
      for (const [project, service] of victims) {
        const [victim] = await project.containers(service);
        crash(victim ?? assert.fail(service));
        await until(`${service} runs again`, async () => {
          const [now] = await project.containers(service);
          return now?.State.Running === true && now.State.Pid !== victim?.State.Pid;
        });
        await goesOn(`after a crash of ${service}`);
      }
    },
  );

  await step('every face that was captured is in the bucket, once, as it was', async () => {
    // at its end a capture waits 8 s for what is still under way; what is not back then goes out with its next run
    const totals = async () => {
      await edgeOf().compose('stop', '-t', '30', 'capture');
      return JSON.parse(
        (await edgeOf().logs('capture'))
          .trim()
          .split('\n')
          .findLast((line) => line.startsWith('{"frames"')) ?? '{}',
      );
    };
    let last = await totals();
    for (let more = 0; last.spooled > 0 && more < 10; more++) {
      await started(edgeOf(), 'capture');
      await goesOn('what was left in the spool', last.spooled);
      last = await totals();
    }
    assert.deepEqual(
      { spooled: last.spooled, lost: last.lost, dead: last.dead },
      { spooled: 0, lost: 0, dead: 0 },
    );

    const seen = loggedFaces(await edgeOf().logs('log'));
    const objects = await place.list();
    const highest = await checkObjects(objects, seen);
    assert.ok(highest > 200, `only ${highest} faces`);
    t.diagnostic(`${highest} faces, ${objects.size} objects, ${seen.size} seen by the logger`);
  });

  await step('every program ends by itself within 10 s of SIGTERM', async () => {
    await Promise.all([edgeOf().compose('stop', '-t', '10'), cloud.compose('stop', '-t', '10')]);
    const all = [...(await cloud.containers()), ...(await edgeOf().containers())];
    for (const container of all) {
      const { ExitCode, OOMKilled } = container.State;
      const service = serviceOf(container);
      // 137 is docker's SIGKILL; capture's own code is 143, as it was asked to end
      const expected = programs.includes(service) ? [143] : [0, 143];
      assert.ok(expected.includes(ExitCode), `${service} ended with ${ExitCode}`);
      assert.equal(OOMKilled, false, service);
    }
  });

  await step('`down -v` leaves nothing behind', async () => {
    await Promise.all([edgeOf().compose('down', '-v'), cloud.compose('--profile', '*', 'down', '-v')]);
    for (const kind of ['container', 'volume', 'network']) {
      const left = await docker(
        kind,
        'ls',
        '-q',
        '--filter',
        `label=com.docker.compose.project=facepipe-cloud-${run}`,
      );
      assert.equal(left, '', kind);
    }
  });
});
