/**
 * Does work that has a deadline, and leaves it there: what goes on in spite of its signal (a mount whose server is
 * gone, a name that is looked up for ever) holds up nobody.
 * @param ms at most 2³¹ − 1, the longest that a timer takes
 * @param late makes the error of the deadline
 * @throws what `work` throws, what `late` makes, or signal.reason when it is aborted
 */
export async function within<T>(
  ms: number,
  signal: AbortSignal | undefined,
  late: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const end = new AbortController();
  const left = new Promise<never>((_resolve, reject) => {
    end.signal.addEventListener('abort', () => reject(end.signal.reason), { once: true });
  });
  const stop = () => end.abort(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(() => end.abort(late()), ms);
  try {
    return await Promise.race([work(end.signal), left]);
  } catch (error) {
    throw end.signal.aborted ? end.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** ms that a put may take in all, whatever goes on meanwhile: 60 s, and 1 s more for each 4 KiB of the object. */
export function putDeadline(bytes: number): number {
  // 64 puts at once, the default, then still get through on a line of 2 Mbit/s
  return 60_000 + Math.ceil(bytes / 4096) * 1000;
}
