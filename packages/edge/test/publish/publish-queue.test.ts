import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Owed, PublishQueue, type PublishQueueOptions } from '../../dist/publish/publish-queue.js';

const timeout = 1000;

/** A spool without its disk: faces 1, 2, 3 … of one byte, until they are freed. */
function setUp(options: Partial<PublishQueueOptions> = {}) {
  const faces = new Map<number, Owed>();
  let seq = 0;
  const queue = new PublishQueue<Owed>(
    {
      get seq() {
        return seq;
      },
      *pending(after) {
        for (const face of faces.values()) if (face.seq > after) yield face;
      },
    },
    {
      until: 'acked',
      receiptTimeout: timeout,
      backlogShare: 0.5,
      live: true,
      pause: (n) => 10 * 2 ** n,
      ...options,
    },
  );
  return {
    queue,
    add: (count: number, bytes = 1) => {
      for (let i = 0; i < count; i++) faces.set(++seq, { seq, bytes });
    },
    free: (freed: number) => {
      queue.done(freed);
      faces.delete(freed);
    },
    /** Everything there is to send now. */
    take: (now: number) => {
      const taken: number[] = [];
      for (let next = queue.next(now); next; next = queue.next(now)) taken.push(next.face.seq);
      return taken;
    },
  };
}

const count = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('64 faces wait for the broker, or 64 MiB', () => {
  const { queue, add, free, take } = setUp();
  queue.connected();
  add(100);
  assert.deepEqual(take(0), count(1, 64));
  assert.equal(queue.wakeAt(), Number.POSITIVE_INFINITY);
  free(3);
  assert.deepEqual(take(0), [65]);
  const large = setUp();
  large.add(10, 30 * 2 ** 20);
  assert.deepEqual(large.take(0), [1, 2, 3]);
});

test('a backlog goes oldest first, and takes only its share while new faces wait', () => {
  const { queue, add, free, take } = setUp({ backlogShare: 0.25 });
  add(1000);
  queue.connected();
  add(60);
  assert.deepEqual(take(0), [...count(1, 16), ...count(1001, 1048)]);
  // one of each answered: each kind gets its place back
  free(1);
  assert.deepEqual(take(0), [17]);
  free(1001);
  assert.deepEqual(take(0), [1049]);
  for (const seq of count(1002, 1060)) free(seq);
  assert.deepEqual(take(0), count(18, 65), 'no new face waits: the whole window is the backlog’s');
});

test('without a share the backlog goes when nothing new waits; a whole share is strict order', () => {
  for (const [backlogShare, first] of [
    [0, count(101, 110)],
    [1, count(1, 10)],
  ] as const) {
    const { queue, add, take } = setUp({ backlogShare });
    add(100);
    queue.connected();
    add(50);
    assert.deepEqual(take(0).slice(0, 10), first);
  }
});

test('a source that waits has one order, whenever its broker comes', () => {
  const { queue, add, free, take } = setUp({ live: false });
  add(100);
  queue.connected();
  add(100);
  const sent = take(0);
  while (sent.length < 200) {
    free(sent[sent.length - 64] ?? 0);
    sent.push(...take(0));
  }
  assert.deepEqual(sent, count(1, 200));
});

test('faces more than a window behind are backlog: the newest are not held up by a slow line', () => {
  const { queue, add, free, take } = setUp({ backlogShare: 0.5 });
  queue.connected();
  add(64);
  take(0);
  add(500);
  for (const seq of count(1, 64)) free(seq);
  add(1);
  assert.deepEqual(take(0), [...count(65, 128)], 'nothing newer waits yet');
  add(8);
  for (const seq of count(65, 100)) free(seq);
  const sent = take(0);
  assert.ok(sent.includes(573) && sent.includes(566), `${sent}`);
});

test('what nobody subscribes to is tried one at a time after growing pauses, and then all of it goes', () => {
  const { queue, add, take } = setUp();
  queue.connected();
  add(3);
  assert.deepEqual(take(0), [1, 2, 3]);
  for (const seq of [2, 3, 1]) assert.equal(queue.acknowledged(seq, false, 0), false);
  assert.ok(queue.stalled);
  add(5);
  assert.deepEqual(take(9), []);
  assert.equal(queue.wakeAt(), 10);
  assert.deepEqual(take(10), [1]);
  assert.equal(queue.wakeAt(), Number.POSITIVE_INFINITY);
  queue.acknowledged(1, false, 10);
  assert.equal(queue.wakeAt(), 30, 'the pause doubles');
  assert.deepEqual(take(30), [1]);
  assert.equal(queue.acknowledged(1, true, 31), true);
  assert.equal(queue.stalled, false);
});

test('a refused face is kept and tried again, and so is one whose connection broke', () => {
  const { queue, add, free, take } = setUp();
  queue.connected();
  add(2);
  take(0);
  queue.failed(1, 0);
  queue.failed(2, 0);
  assert.deepEqual(take(5), []);
  queue.connected();
  assert.deepEqual(take(5), [1, 2], 'a new connection is a new chance');
  queue.failed(1, 6);
  queue.failed(2, 6);
  free(1);
  free(2);
  assert.deepEqual(take(100), [], 'gone from the spool meanwhile');
  assert.equal(queue.stalled, false);
});

test('until stored a face is freed by its receipt, and at most 256 wait for theirs', () => {
  const { queue, add, free, take } = setUp({ until: 'stored' });
  queue.connected();
  add(300);
  const sent: number[] = [];
  for (let taken = take(1); taken.length > 0; taken = take(1)) {
    for (const seq of taken) assert.equal(queue.acknowledged(seq, true, 1), false);
    sent.push(...taken);
  }
  assert.deepEqual(sent, count(1, 256));
  assert.equal(queue.awaitingReceipt, 256);
  for (const seq of count(1, 10)) free(seq);
  queue.receiptArrived(2);
  assert.deepEqual(take(2), count(257, 266));
});

test('a late receipt while others come: the face goes again; none at all: only one does, ever more rarely', () => {
  const { queue, add, free, take } = setUp({ until: 'stored' });
  queue.connected();
  add(10);
  for (const seq of take(1)) queue.acknowledged(seq, true, 1);
  // silence: probes at 1 s, and then after 2, 4, 8 … s
  const probes: number[] = [];
  for (let now = 1; now < 700_000; now += 250) {
    for (const seq of take(now)) {
      queue.acknowledged(seq, true, now);
      probes.push(now);
    }
  }
  assert.ok(queue.silent);
  assert.deepEqual(probes.slice(0, 4), [1001, 3001, 7001, 15_001]);
  assert.ok(probes.length <= 11, `${probes}`);
  // receipts come again: the others have their time once more, and then all of them go
  queue.receiptArrived(700_000);
  assert.equal(queue.silent, false);
  free(1);
  assert.deepEqual(take(700_900), []);
  assert.deepEqual(
    take(701_001).sort((a, b) => a - b),
    count(2, 10),
  );
  // while receipts come, each late face goes again
  for (const seq of count(2, 10)) queue.acknowledged(seq, true, 701_001);
  queue.receiptArrived(701_500);
  assert.equal(queue.wakeAt(), 703_001);
  assert.deepEqual(take(703_000), []);
  assert.equal(take(703_001).length, 9);
});

/** A line that brings one receipt every 100 ms, of the oldest copy on it; so many ms of nothing but that. */
function slowLine(until: number): { copies: number; delivered: number } {
  const { queue, add, free, take } = setUp({ until: 'stored', live: false });
  queue.connected();
  const line: number[] = [];
  const delivered = new Set<number>();
  let copies = 0;
  add(3000);
  for (let now = 0; now < until; now += 100) {
    for (const seq of take(now)) {
      queue.acknowledged(seq, true, now);
      line.push(seq);
      copies++;
    }
    const seq = line.shift();
    if (seq === undefined) continue;
    queue.receiptArrived(now);
    if (delivered.has(seq)) continue;
    delivered.add(seq);
    free(seq);
  }
  return { copies, delivered: delivered.size };
}

test('a line on which receipts take 25 times their timeout is not filled with copies', () => {
  // until it is known how long they take, each face of the window goes some times, twice as late each time
  const begun = slowLine(200_000);
  const later = slowLine(400_000);
  const delivered = later.delivered - begun.delivered;
  assert.ok(delivered > 1600, `${delivered} faces in a time for 2000`);
  const copies = later.copies - begun.copies;
  assert.ok(copies < 1.2 * delivered, `${copies} copies of ${delivered} faces`);
});

test('where every other copy is lost, as with one of two sinks gone for ever, the wait for receipts stays what it is', () => {
  const { queue, add, free, take } = setUp({ until: 'stored' });
  queue.connected();
  add(128);
  let copies = 0;
  let [last, now] = [0, 1];
  for (let left = 128; left > 0; now += 100) {
    const taken = take(now);
    for (const seq of taken) queue.acknowledged(seq, true, now);
    const stored = taken.filter(() => copies++ % 2 === 1);
    if (stored.length === 0) continue;
    queue.receiptArrived(now + 10);
    for (const seq of stored) free(seq);
    left -= stored.length;
    last = now;
  }
  // 128 faces are halved eight times
  assert.ok(last < 10 * timeout, `${last} ms`);
});

test('a line that turns fast again shortens the wait for all that is under way', () => {
  const { queue, add, free, take } = setUp({ until: 'stored' });
  queue.connected();
  add(2);
  for (const seq of take(1)) queue.acknowledged(seq, true, 1);
  queue.receiptArrived(900);
  free(1);
  // a receipt may take 1.8 s now
  add(1);
  for (const seq of take(1000)) queue.acknowledged(seq, true, 1000);
  add(1);
  for (const seq of take(1100)) queue.acknowledged(seq, true, 1100);
  queue.receiptArrived(1200);
  free(4);
  free(2);
  assert.equal(queue.wakeAt(), 2000);
});

test('a receipt that comes before the acknowledgement is enough', () => {
  const { queue, add, free, take } = setUp({ until: 'stored' });
  queue.connected();
  add(1);
  take(1);
  free(1);
  assert.equal(queue.acknowledged(1, true, 2), false);
  assert.equal(queue.awaitingReceipt, 0);
});
