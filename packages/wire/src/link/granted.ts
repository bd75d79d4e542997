import { expectArgument, FacepipeError } from '@facepipe/service';

/**
 * Subscribes, however often a broker must be asked before it answers.
 * @param subscribe asks once, as `Link.subscribe` does
 * @param onTimeout told when the broker has not answered in time, before it is asked again
 * @returns what no waiting fixes; undefined once it is granted, or when the link is closed
 * @throws what is none of facepipe's errors
 */
export async function untilGranted(
  subscribe: () => Promise<void>,
  onTimeout: (error: FacepipeError) => void,
): Promise<FacepipeError | undefined> {
  expectArgument('subscribe', subscribe, 'function');
  expectArgument('onTimeout', onTimeout, 'function');
  for (;;) {
    try {
      await subscribe();
      return undefined;
    } catch (error) {
      if (!(error instanceof FacepipeError)) throw error;
      // the link is closed when its program stops, and when it has ended for a reason of its own
      if (error.code === 'FACEPIPE_E_LINK_CLOSED') return undefined;
      if (error.code !== 'FACEPIPE_E_SUBSCRIBE_TIMEOUT') return error;
      onTimeout(error);
    }
  }
}
