import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { type Answer, imitated, object, page, refuses, s3Error, taken } from '../support/imitation.js';
import { until } from '../support/until.js';

const face = object('door/k.png', 'the bytes of a face');
const md5 = (bytes: Buffer | string) => createHash('md5').update(bytes).digest('hex');
const length = { 'content-length': String(face.body.length) };
const mine = { 'x-amz-meta-sha256': face.sha256 };
const other = { 'x-amz-meta-sha256': object('x', 'other').sha256 };
const own = { 'x-amz-request-id': 'tx1' };
const nothing = s3Error(404, 'NoSuchKey');
const there = s3Error(412, 'PreconditionFailed');
const unproven = 'FACEPIPE_E_STORE_UNPROVEN';

const put = (...answers: Answer[]) => imitated(answers, ({ store }) => store.put(face));

test('imitated S3: a conditional conflict is tried again at once', async () => {
  const conflict = s3Error(409, 'ConditionalRequestConflict');
  await imitated([conflict, conflict, taken], async ({ store, asked }) => {
    assert.equal(await store.put(face), 'stored');
    assert.deepEqual(asked, ['PUT*', 'PUT*', 'PUT*']);
  });
});

test('imitated S3: a store without If-None-Match is looked at first, once that is known', async () => {
  await imitated(
    [s3Error(501, 'NotImplemented'), nothing, taken, nothing, taken],
    async ({ store, asked }) => {
      assert.equal(await store.put(object('a', 'x')), 'stored');
      assert.equal(await store.put(object('b', 'x')), 'stored');
      assert.deepEqual(asked, ['PUT*', 'HEAD', 'PUT', 'HEAD', 'PUT']);
    },
  );
});

test('a proxy that does not implement puts does not make them unconditional', async () => {
  await imitated([page(501), taken], async ({ store, asked }) => {
    await refuses(store.put(face), 'FACEPIPE_E_STORE_ANSWER', 'HTTP 501');
    assert.equal(await store.put(face), 'stored');
    assert.deepEqual(asked, ['PUT*', 'PUT*']);
  });
});

test('imitated S3: an answer that nobody expects is quoted by its code', async () => {
  await refuses(put(s3Error(400, 'InvalidStorageClass')), 'FACEPIPE_E_STORE_ANSWER', 'InvalidStorageClass');
  await refuses(put(s3Error(403, 'AccessDenied')), 'FACEPIPE_E_STORE_DENIED', 's3:PutObject');
  await refuses(put(s3Error(404, 'NoSuchBucket')), 'FACEPIPE_E_STORE_BUCKET', 'bucket');
  await refuses(put(page(502)), 'FACEPIPE_E_STORE_ANSWER', 'HTTP 502');
  await refuses(put(page(429)), 'FACEPIPE_E_STORE_ANSWER', 'HTTP 429');
});

test('an object that the store will never take is told from a proxy that takes none so large', async () => {
  const verdicts = [
    s3Error(400, 'EntityTooLarge'),
    s3Error(400, 'KeyTooLongError'),
    { status: 413, headers: own },
  ];
  for (const verdict of verdicts) assert.equal(await put(verdict), 'refused');
  await refuses(put(page(413)), unproven, 'HTTP 413 without an S3 error', 'portal');
});

test('a put is stored when its answer proves it, by whatever the server is', async () => {
  const tag = md5(face.body);
  const proofs = [`"${tag}"`, tag, `"${tag.toUpperCase()}"`, '"an-etag-that-is-no-md5"'];
  for (const etag of proofs) assert.equal(await put({ status: 200, headers: { etag } }), 'stored', etag);
  const encrypted = { etag: `"${md5('other')}"`, 'x-amz-server-side-encryption': 'aws:kms' };
  assert.equal(await put({ status: 200, headers: encrypted }), 'stored');

  const silent: Answer = { status: 200 };
  for (const answer of [
    silent,
    { status: 200, headers: { etag: '' } },
    { status: 200, headers: { etag: '""' } },
    { status: 200, headers: { etag: `W/"${tag}"` } },
    { status: 200, headers: { etag: `"${md5('other')}"` } },
    { status: 200, headers: { etag: `"${md5('other')}"`, 'x-amz-server-side-encryption': 'AES256' } },
    { status: 201, headers: { etag: `"${tag}"` } },
    { status: 204, headers: { etag: `"${tag}"` } },
    page(),
    page(200, { etag: '"of-the-page"' }),
    { status: 200, body: '<?xml version="1.0"?><Error><Code>InternalError</Code></Error>' },
    page(302, { location: 'https://hotel.example/login' }),
    { status: 307, headers: { location: 'http://127.0.0.1:9/elsewhere' } },
    { status: 304, headers: { etag: `"${tag}"` } },
    page(403),
    page(404),
    page(407),
    page(409),
    page(412),
    { status: 400, body: '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Error><Code>&x;</Code>' },
  ] satisfies Answer[]) {
    await refuses(put(answer, silent), unproven, '127.0.0.1');
  }
});

test('where the answer to a put is no proof, a look is', async () => {
  const answered: Answer = { status: 200 };
  const head = (headers: Record<string, string>): Answer => ({ status: 200, headers });
  assert.equal(await put(answered, head({ etag: '"x"', ...length, ...mine })), 'stored');
  for (const look of [
    head({ ...length, ...mine }),
    head({ etag: '"x"', ...length, ...other }),
    head({ etag: '"x"', 'content-length': '3', ...mine }),
    s3Error(403, 'AccessDenied'),
    nothing,
    page(403),
  ]) {
    await refuses(put(answered, look), unproven);
  }
  await refuses(put(answered, head({ etag: '"x"', ...length }), page()), unproven, 'no ETag');
  await refuses(put(answered, page(503)), 'FACEPIPE_E_STORE_ANSWER', 'HTTP 503');
});

test('what is there already is compared by what the store says, and not by what a portal says', async () => {
  const head = (headers: Record<string, string>): Answer => ({ status: 200, headers });
  const bytes = (body: string, headers = {}): Answer => ({
    status: 200,
    headers: { etag: '"x"', ...headers },
    body,
  });
  const same = face.body.toString();
  const othersOfThatLength = same.replace('face', 'FACE');
  const unknown = head({ etag: '"x"', ...length });
  const known = head({ etag: '"x"', ...length, ...own });
  const outcomes: [string, Answer[]][] = [
    ['duplicate', [head({ etag: '"x"', ...length, ...mine })]],
    ['conflict', [head({ etag: '"x"', ...length, ...other })]],
    ['conflict', [head({ etag: '"x"', 'content-length': '3', ...own })]],
    ['duplicate', [unknown, bytes(same)]],
    ['conflict', [known, bytes(othersOfThatLength, own)]],
    // who may only write cannot compare
    ['duplicate', [{ status: 403, headers: own }]],
    ['duplicate', [{ status: 403 }, s3Error(403, 'AccessDenied')]],
  ];
  for (const [outcome, answers] of outcomes) assert.equal(await put(there, ...answers), outcome);

  for (const answers of [
    [page()],
    [page(200, { etag: '"of-the-page"', 'content-length': '37' })],
    [head({ ...length })],
    [head({ etag: '"x"', 'content-length': '3', ...mine })],
    [unknown, bytes(othersOfThatLength)],
    [known, bytes(`${same} and more`, own)],
    [known, bytes('less', own)],
    [page(403)],
    [page(404)],
    [{ status: 403 }, page(403)],
  ]) {
    await refuses(put(there, ...answers), unproven);
  }
});

test('what was deleted meanwhile is put again, and not for ever', async () => {
  assert.equal(await put(there, nothing, taken), 'stored');
  const all = Array.from({ length: 8 }, () => [there, { status: 404, headers: own }]).flat();
  await refuses(put(...all), 'FACEPIPE_E_STORE_ANSWER', 'changes all the time');
});

/** Writes something for ever, until the other side has had enough. */
function forEver(response: ServerResponse, what: () => string | Buffer, ms: number): void {
  const timer = setInterval(() => {
    if (response.destroyed) clearInterval(timer);
    else response.write(what());
  }, ms);
}

test('answers are read within bounds, and the connection of a longer one is ended', async () => {
  const flood: Answer = (_request, response) => {
    response.writeHead(400, own);
    forEver(response, () => Buffer.alloc(16_384, '<Error>'), 1);
  };
  await imitated([flood], async ({ store, cut }) => {
    await refuses(store.put(face), unproven, 'more than 65536 bytes');
    await until('its connection is ended', () => cut() === 1);
  });
  const object: Answer = (_request, response) => {
    response.writeHead(200, { etag: '"x"', ...own });
    forEver(response, () => 'the bytes of a face', 1);
  };
  const known = { status: 200, headers: { etag: '"x"', ...length, ...own } };
  await imitated([there, known, object], async ({ store, cut }) => {
    await refuses(store.put(face), unproven);
    await until('its connection is ended', () => cut() === 1);
  });
});

test('a store that goes on answering for ever is left at the deadline', async () => {
  const drips: [string, Answer][] = [
    [
      'a body',
      (_request, response) => {
        response.writeHead(500, { 'content-type': 'application/xml' });
        forEver(response, () => ' ', 20);
      },
    ],
    [
      'headers',
      (request) => {
        request.socket.write('HTTP/1.1 200 OK\r\n');
        const timer = setInterval(() => {
          if (request.socket.destroyed) clearInterval(timer);
          else request.socket.write('x-y: z\r\n');
        }, 50);
      },
    ],
    [
      'an announcement',
      (request) => {
        const timer = setInterval(() => {
          if (request.socket.destroyed) clearInterval(timer);
          else request.socket.write('HTTP/1.1 100 Continue\r\n\r\n');
        }, 20);
      },
    ],
    ['nothing', () => {}],
  ];
  for (const [what, drip] of drips) {
    await imitated([drip], async ({ store, cut }) => {
      await refuses(store.check({ deadline: 400 }), 'FACEPIPE_E_STORE_SLOW', 's3://bucket');
      await until(`the connection with ${what} is ended`, () => cut() === 1);
    });
  }
});

test('a put that drips is left after its minute, and the next one goes through', {
  timeout: 300_000,
}, async () => {
  const drip: Answer = (_request, response) => {
    response.writeHead(200, { etag: '"x"' });
    forEver(response, () => ' ', 500);
  };
  await imitated([drip, taken], async ({ store, cut }) => {
    await refuses(store.put(object('door/first.png', '')), 'FACEPIPE_E_STORE_SLOW', '60 s');
    assert.equal(await store.put(face), 'stored');
    await until('its connection is ended', () => cut() === 1);
  });
});

test('a check proves the store by a put, and later by a look', async () => {
  const probe: Answer[] = [taken, { status: 403, headers: own }, { status: 403, headers: own }];
  await imitated([...probe, page(), page()], async ({ store, asked }) => {
    await store.check();
    assert.deepEqual(asked, ['PUT*', 'HEAD']);
    await store.check();
    assert.deepEqual(asked, ['PUT*', 'HEAD', 'HEAD']);
    await refuses(store.check(), unproven);
  });
  // after a put that was proved, a look is enough, too
  await imitated([taken, { status: 403, headers: own }], async ({ store, asked }) => {
    await store.put(face);
    await store.check();
    assert.deepEqual(asked, ['PUT*', 'HEAD']);
    await store.check({ write: true }).catch(() => undefined);
    assert.equal(asked[2], 'PUT', 'not conditional: it is to show that the store takes something');
  });
});

test('a check refuses what only looks like a store', async () => {
  const check = (...answers: Answer[]) => imitated(answers, ({ store }) => store.check());
  await check(there, { status: 403, headers: own });
  await check(taken, { status: 200 });
  await check(there, page());
  await refuses(check(page()), unproven, 'portal');
  await refuses(check({ status: 204 }), unproven);
  await refuses(check(page(200, { etag: '"of-the-page"' })), unproven);
  await refuses(
    check({ status: 200, headers: { etag: '"a"' } }, page(200, { etag: '"b"', 'content-length': '37' })),
    unproven,
  );
  await refuses(check(s3Error(403, 'AccessDenied')), 'FACEPIPE_E_STORE_DENIED', 's3:PutObject');
  await refuses(check(page(405)), unproven, 'HTTP 405');
});
