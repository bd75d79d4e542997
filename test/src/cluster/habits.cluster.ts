import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { startMosquitto } from '../support/brokers.js';
import { startCluster } from './cluster.js';
import { type Habits, observe } from './habits.js';

const skip = process.env.FACEPIPE_CLUSTER === 'short';
const timeout = 900_000;

/** What the table in docs/alternatives.md says of them all, whatever a moment decides. */
function holds(habits: Habits, more: Habits) {
  const kept = 'kept (retained)';
  const common = { 'retained, subscribed to at the same node': kept, 'a will, its client gone': 'it comes' };
  const wanted: Habits = { ...common, ...more };
  assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((name) => [name, habits[name]])), wanted);
  console.log(habits);
}

test('mosquitto with clients, as docs/alternatives.md has it', { skip, timeout }, async (t) => {
  const broker = await startMosquitto({
    persistence: true,
    config: ['autosave_interval 1', 'autosave_on_changes true'],
    acl: ['topic readwrite facepipe/door/faces'],
  });
  t.after(() => broker.stop());
  const habits = await observe({
    ...{ version: 5, size: 1, kill: () => broker.crash(), start: () => broker.restart() },
    login: () => ({ protocol: 'mqtt', host: '127.0.0.1', port: broker.port }),
  });
  holds(habits, { '$share by two': 'granted 1; 10 and 10 of 20 come' });
});

for (const kind of ['nats', 'rabbitmq'] as const) {
  test(`${kind} with clients, as docs/alternatives.md has it`, { skip, timeout }, async (t) => {
    const cluster = await startCluster(kind);
    t.after(() => cluster.stop());
    const habits = await observe({
      ...{ version: 4, size: 3 },
      kill: async (n) => cluster.nodes[n]?.kill(),
      start: async (n) => cluster.nodes[n]?.start(),
      login: (n, username) => ({
        ...{ protocol: 'mqtts', port: 8883, username, password: cluster.passwords[username] },
        ...{ host: cluster.nodes[n]?.address ?? '', ca: readFileSync(cluster.ca) },
      }),
    });
    holds(habits, { 'queued for a session, its node killed': '20 of 20 come' });
  });
}
