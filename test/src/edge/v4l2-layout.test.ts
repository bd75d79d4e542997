import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { constants, layouts, requestCode, requests } from '../../../packages/edge/dist/v4l2/layout.js';

/** The compilers of the architectures whose cameras are read, each with the kernel's headers for it. */
const compilers = [
  ['x86-64', 'x86_64-linux-gnu-gcc', 'gcc libc6-dev'],
  ['arm64', 'aarch64-linux-gnu-gcc', 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross'],
] as const;

type Claim = readonly [expression: string, value: number];

/** What the table says, in the words of C. */
function claims(): Claim[] {
  const structs = Object.entries(layouts).flatMap(([name, { size, members }]): Claim[] => {
    if (name === 'int') return [['sizeof(int)', size]];
    const offsets = Object.entries(members).flatMap(([member, [offset, kind]]): Claim[] => {
      const bytes = typeof kind === 'number' ? kind : Number(kind.slice(1)) / 8;
      return [
        [`offsetof(struct ${name}, ${member})`, offset],
        [`sizeof(((struct ${name} *)0)->${member})`, bytes],
      ];
    });
    return [[`sizeof(struct ${name})`, size], ...offsets];
  });
  const codes = (Object.keys(requests) as (keyof typeof requests)[]).map(
    (name): Claim => [`(unsigned)${name}`, requestCode(name)],
  );
  const values = Object.entries(constants).map(([name, value]): Claim => [`(unsigned)${name}`, value]);
  return [...structs, ...codes, ...values];
}

/** What the compiler says about claims that do not hold; nothing is run, so any architecture will do. */
function objections(compiler: string, checked: readonly Claim[]): string[] | undefined {
  const asserts = checked.map(
    ([expression, value], line) => `_Static_assert(${expression} == ${value}u, "claim ${line}");`,
  );
  const source = ['#include <stddef.h>', '#include <linux/videodev2.h>', ...asserts].join('\n');
  const ran = spawnSync(compiler, ['-xc', '-std=gnu11', '-fsyntax-only', '-'], {
    input: source,
    encoding: 'utf8',
  });
  if (ran.error) return undefined;
  const failed = [...ran.stderr.matchAll(/static assertion failed: "claim (\d+)"/g)];
  // a header that is missing is an objection too
  if (ran.status !== 0 && failed.length === 0) return [ran.stderr];
  return failed.map(([, line]) => checked[Number(line)]?.join(' = ') ?? '');
}

for (const [architecture, compiler, packages] of compilers) {
  test(`the kernel's headers for ${architecture} lay structs out as the table does`, (t) => {
    const checked = claims();
    const found = objections(compiler, checked);
    if (!found) return t.skip(`${compiler} is not installed: apt-get install ${packages}`);
    assert.deepEqual(found, []);
    assert.ok(checked.length > 150, `${checked.length} claims`);
    // each claim is looked at: one byte beside the truth, every one of them fails
    const wrong = checked.map(([expression, value]): Claim => [expression, (value + 1) >>> 0]);
    assert.equal(objections(compiler, wrong)?.length, checked.length);
  });
}
