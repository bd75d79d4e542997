import { createHash } from 'node:crypto';
import type { FacepipeError } from '@facepipe/service';
import type { IncomingMessage } from '@facepipe/wire';
import type { Fault } from './judge.js';
import type { SinkPlan } from './sink-plan.js';

/**
 * Decides on a message that the session holds and the sink did not ask for: an earlier run did, or somebody else under
 * its client id. It becomes a dead letter, and holds nobody up. No receipt names it: its device may still have it
 * stored.
 * @returns undefined for what the sink itself sends, since a letter about a letter would come back for ever
 */
export function judgeUnclaimed(
  { topic, payload }: IncomingMessage,
  { message: detail }: FacepipeError,
  plan: Pick<SinkPlan, 'sendsTo'>,
): Fault | undefined {
  if (plan.sendsTo(topic)) return undefined;
  const id = createHash('sha256').update(payload).digest('hex');
  return { reason: 'unclaimed', detail, id, device: undefined };
}
