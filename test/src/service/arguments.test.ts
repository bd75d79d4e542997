import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import * as cloud from '@facepipe/cloud';
import * as core from '@facepipe/core';
import * as edge from '@facepipe/edge';
import * as service from '@facepipe/service';
import * as health from '@facepipe/service/health';
import * as view from '@facepipe/view';
import * as wire from '@facepipe/wire';
import { freshFolder } from '../support/program.js';

// paths among the arguments are relative to here
process.chdir(freshFolder('facepipe-arguments-'));

/** What callers without types give: nothing, too little, the wrong thing. */
function wrongArguments(folder: string): unknown[][] {
  const url = 'mqtt://127.0.0.1:1';
  return [
    ...[
      [],
      [null],
      [undefined, null],
      [null, null],
      [42],
      [Number.NaN],
      [Symbol('s')],
      [() => {}],
      [[]],
      [true],
    ],
    ...[[{}], [{}, {}], [{}, null], [{ url: 7 }], [{ url, clientId: 7 }], [{ url, will: {} }], [{ host: 7 }]],
    ...[[{ port: 'x' }], [{ data: 1 }], [{ source: 1 }], [{ link: {} }], [{ ids: {} }], [{ topic: 'a' }]],
    ...[
      ['x'],
      ['x', null],
      ['x', {}],
      ['x', 7],
      ['x', {}, null],
      ['x', Symbol('s')],
      ['file:///x', 7],
      [folder],
    ],
    ...[[folder, null], [folder, { brokers: [1] }], [folder, 7], [Buffer.alloc(3)], [Buffer.alloc(3), 7]],
  ];
}

/** Errors are made with these by the packages themselves, and the tables and classes are nobody's entrance. */
const makers = new Set(['defineErrors', 'FacepipeError', 'argumentError', 'expectArgument', 'expectMembers']);

const shown = (args: readonly unknown[]) =>
  args.map((arg) => String(typeof arg === 'object' ? JSON.stringify(arg) : String(arg)));

suite('wrong arguments are one coded sentence, or are answered, in every export', () => {
  for (const [name, exported] of Object.entries({ core, service, health, wire, edge, cloud, view }))
    for (const [member, value] of Object.entries(exported))
      if (typeof value === 'function' && !makers.has(member))
        test(`${name}: ${member}`, { timeout: 300_000 }, async () => {
          const folder = join(freshFolder('facepipe-arguments-'), 'x');
          for (const args of wrongArguments(folder)) {
            const isClass = /^class/.test(Function.prototype.toString.call(value));
            try {
              const made: unknown = await (isClass
                ? Reflect.construct(value, args)
                : Reflect.apply(value, undefined, args));
              if (
                typeof made === 'object' &&
                made !== null &&
                'close' in made &&
                typeof made.close === 'function'
              )
                await made.close();
            } catch (error) {
              const said = `${member}(${shown(args).join(', ')}): ${error}`;
              assert.ok(error instanceof service.FacepipeError && error instanceof core.FacepipeError, said);
              assert.match(error.code, /^FACEPIPE_E_/, said);
              assert.ok([1, 2, 3, 4, 5].includes(error.exit), said);
              assert.doesNotMatch(error.message, /\[object|this is a bug/, said);
            }
          }
        });
});

test('either class called FacepipeError knows the errors of all packages, and a subclass its own', async () => {
  class Special extends service.FacepipeError {}
  const special = new Special('FACEPIPE_E_SPECIAL', 1, 'Special.');
  const [ofCore, ofWire] = await Promise.all([
    core.createDetector({ threads: 0 }).catch((error: unknown) => error),
    wire.connect({ url: 'nowhere' }).catch((error: unknown) => error),
  ]);
  for (const error of [ofCore, ofWire, special]) {
    assert.ok(
      error instanceof core.FacepipeError && error instanceof service.FacepipeError && error instanceof Error,
    );
    assert.deepEqual(
      [error.name, typeof error.code, typeof error.exit],
      ['FacepipeError', 'string', 'number'],
    );
  }
  assert.ok(special instanceof Special && !(ofWire instanceof Special) && !(ofCore instanceof Special));
  for (const other of [new Error('x'), { code: 'FACEPIPE_E_X' }, null, undefined, 'x'])
    assert.ok(
      !((other as unknown) instanceof core.FacepipeError) &&
        !((other as unknown) instanceof service.FacepipeError),
    );
});
