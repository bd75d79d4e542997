import { expectArgument, unlessAborted } from '@facepipe/service';
import type { WritableStore } from '../store/store.js';
import { isInconclusive } from './fault-sort.js';
import { RunningSink } from './running-sink.js';
import type { Sink } from './sink-handle.js';
import { checkSinkOptions, type SinkOptions } from './sink-options.js';
import { planSink } from './sink-plan.js';

/** ms for what a store must prove before the sink starts; puts are proved one by one anyway. */
const startDeadline = 5_000;

/** What a store that shows nothing in time says of itself; undefined where it is fine. */
async function firstDoubt(store: WritableStore): Promise<Error | undefined> {
  try {
    await store.check({ deadline: startDeadline });
    return undefined;
  } catch (error) {
    if (error instanceof Error && isInconclusive(error)) return error;
    throw error;
  }
}

/** @throws FacepipeError for options that cannot be used (exit 2), for a store that is unavailable (5) */
async function prepare(options: SinkOptions): Promise<RunningSink> {
  checkSinkOptions(options);
  const { topic, deviceLevel, group, member, store, quarantine, key, deadLetter, secret } = options;
  const plan = planSink({
    topic,
    ...(deviceLevel !== undefined && { deviceLevel }),
    ...(group !== undefined && { group }),
    ...(member !== undefined && { member }),
    store: store.url,
    key,
    deadLetter,
    ...(secret && { secret }),
  });
  const doubt = await firstDoubt(store);
  if (quarantine) await firstDoubt(quarantine);
  return new RunningSink(options, plan, doubt);
}

/**
 * Starts a sink: faces from a broker into a store. A message is acknowledged when the store has proved that it has the
 * object, or had it, or when it is a dead letter. What fails on the way is tried again for ever while nothing
 * passes, and until it is set aside where others do.
 * @throws FacepipeError for options that cannot be used (exit 2), for a store (5) or broker (4) that is unavailable
 */
export async function startSink(options: SinkOptions): Promise<Sink> {
  const sink = await prepare(options);
  await sink.start();
  return sink;
}

/**
 * A sink that starts without its broker, as `startSink` does with it. Resolves when it has subscribed, when the first
 * attempt has failed, or after 3 s, and goes on trying for as long as it takes: `ready` tells why. Only what no waiting
 * fixes ends it (`Sink.ended`): refused credentials, a certificate, a refused subscription.
 * @param signal ends the start, not the sink
 * @throws FacepipeError for options that cannot be used (exit 2), for a store that is unavailable (5), for what no
 *   waiting fixes (4), or signal.reason
 */
export async function openSink(options: SinkOptions, signal?: AbortSignal): Promise<Sink> {
  if (signal !== undefined) expectArgument('signal', signal, 'signal');
  signal?.throwIfAborted();
  const sink = signal ? await unlessAborted(prepare(options), signal) : await prepare(options);
  if (!sink) throw signal?.reason;
  await sink.open(signal);
  return sink;
}
