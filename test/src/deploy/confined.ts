import assert from 'node:assert/strict';
import { type Container, processStatus, serviceOf } from './engine.js';

/** They make what the others read, and end. */
const oneShots = ['setup', 'edge-setup', 'cloud-setup'];

/** The one who runs a service, and what it may do, as docker was told and as the kernel has it. */
export function checkConfined(container: Container): void {
  const { Config, HostConfig, State, Mounts } = container;
  const service = serviceOf(container);
  assert.match(Config.User, /^[1-9]\d*:[1-9]\d*$|^[1-9]\d*$/, `${service} runs as ${Config.User}`);
  assert.equal(HostConfig.ReadonlyRootfs, true, service);
  assert.equal(HostConfig.Privileged, false, service);
  assert.deepEqual([HostConfig.CapDrop, HostConfig.CapAdd], [['ALL'], null], service);
  assert.deepEqual(HostConfig.SecurityOpt, ['no-new-privileges:true'], service);
  assert.ok((HostConfig.PidsLimit ?? 0) > 0 && HostConfig.Memory > 0, `${service} has no limits`);
  for (const [port, bindings] of Object.entries(HostConfig.PortBindings ?? {}))
    for (const { HostIp } of bindings ?? [])
      assert.equal(
        port === '8883/tcp' || HostIp === '127.0.0.1',
        true,
        `${service} opens ${port} at ${HostIp}`,
      );
  for (const { Destination, RW } of Mounts)
    assert.ok(
      !RW || ['/var/lib/facepipe', '/mosquitto/data'].includes(Destination) || oneShots.includes(service),
      `${service} may write to ${Destination}`,
    );
  if (oneShots.includes(service)) return;
  const secrets = Mounts.filter(({ Destination }) => Destination === '/run/setup');
  assert.deepEqual(secrets, [], `${service} can read the passwords of all`);
  assert.equal(HostConfig.RestartPolicy.Name, 'unless-stopped', service);
  assert.equal(State.Health?.Status, 'healthy', service);
  const status = processStatus(State.Pid);
  for (const id of ['Uid', 'Gid']) assert.ok(!/\b0\b/.test(status.get(id) ?? '0'), `${service} is root`);
  for (const set of ['CapPrm', 'CapEff', 'CapBnd'])
    assert.match(status.get(set) ?? '', /^0+$/, `${service} ${set}`);
  assert.deepEqual([status.get('NoNewPrivs'), status.get('Seccomp')], ['1', '2'], service);
}
