import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { systemClock } from '@facepipe/service';
import { parseBroker } from '@facepipe/wire';

/** How long names may take to be looked up, ms. */
const answerTimeout = 2000;

/**
 * Whether two URLs lead to one broker, as far as names and ports tell. One that cannot be looked up now, or is reached
 * through a proxy, is taken for another.
 * @throws FACEPIPE_E_BROKER_URL
 */
export async function sameBroker(one: string, other: string): Promise<boolean> {
  const [first, second] = [parseBroker(one), parseBroker(other)];
  for (const a of first.nodes ?? [first]) {
    for (const b of second.nodes ?? [second]) if (await sameNode(a, b)) return true;
  }
  return false;
}

type Node = ReturnType<typeof parseBroker>;

async function sameNode(a: Node, b: Node): Promise<boolean> {
  if (a.port !== b.port) return false;
  if (a.host === b.host) return (a.path ?? '/') === (b.path ?? '/');
  const [first, second] = await Promise.all([addressesOf(a.host), addressesOf(b.host)]);
  const common = first.filter((address) => second.includes(address));
  // TLS and WebSockets tell the name, by which one address can lead to several brokers
  const named = [a, b].some(({ protocol }) => protocol !== 'mqtt');
  return common.some((address) => !named || address === loopback);
}

const loopback = 'loopback';

async function addressesOf(host: string): Promise<string[]> {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const found = isIP(bare)
    ? [bare]
    : await Promise.race([
        lookup(bare, { all: true }).then((all) => all.map(({ address }) => address)),
        systemClock.sleep(answerTimeout).then((): string[] => []),
      ]).catch((): string[] => []);
  return found.map((address) => (/^(127\.0\.0\.1|0\.0\.0\.0|::1?)$/.test(address) ? loopback : address));
}
