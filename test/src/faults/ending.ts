import { setTimeout as sleep } from 'node:timers/promises';
import type { Chain } from './chain.js';

export interface Settled {
  /** Seconds until the last of what was missing at first was stored. */
  recovery: number;
  /** Faces left in capture's spool; undefined where it does not tell. */
  spooled: number | undefined;
}

/**
 * Waits until everything accepted is stored and the spool is empty, until nothing has been stored for `quiet` seconds
 * with the spool empty, or for `recoveryTimeout` seconds.
 */
export async function settle(
  chain: Chain,
  allAccepted: Promise<void>,
  { recoveryTimeout, quiet }: { recoveryTimeout: number; quiet: number },
): Promise<Settled> {
  const begun = performance.now();
  const since = () => (performance.now() - begun) / 1000;
  const { accepted } = chain.journal;
  let stored = await chain.store.ids();
  const missing = new Set([...accepted.keys()].filter((id) => !stored.has(id)));
  let [recovery, moved, last] = [0, 0, stored.size];
  let complete = false;
  void allAccepted.then(() => {
    complete = true;
    moved = since();
  });
  for (;;) {
    const before = performance.now();
    stored = await chain.store.ids();
    const spooled = await faces(chain);
    for (const id of missing) {
      if (!stored.has(id)) continue;
      missing.delete(id);
      recovery = since();
    }
    if (stored.size !== last) [last, moved] = [stored.size, since()];
    const still = complete && since() - moved > 1;
    if (still && spooled === 0 && [...accepted.keys()].every((id) => stored.has(id)))
      return { recovery, spooled };
    if (still && spooled === 0 && since() - moved > quiet) return { recovery, spooled };
    if (since() > recoveryTimeout) return { recovery, spooled };
    // a large bucket takes long to list
    await sleep(Math.max(200, 3 * (performance.now() - before)));
  }
}

/** Faces in capture's spool, by its own metrics. */
async function faces({ capture }: Chain): Promise<number | undefined> {
  const { port } = capture;
  if (port === undefined) return undefined;
  try {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const value = /^facepipe_(?:capture_)?spool_faces(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1];
    return value === undefined ? undefined : Number(value);
  } catch {
    // it may be on its way up
    return undefined;
  }
}

/** Ends capture's source, and so capture; the last line it prints. */
export async function endCapture({ capture }: Chain): Promise<string> {
  capture.program?.child.stdin.end();
  const outcome = await capture.finish();
  return `capture ended with ${outcome?.code ?? outcome?.signal}: ${outcome?.stdout.trim().split('\n').at(-1)}`;
}
