import assert from 'node:assert/strict';
import { inspectImage } from '@facepipe/wire';
import type { StoredObject } from '../support/stores.js';

export interface LoggedFace {
  seq: number;
  box: unknown;
}

/** The faces in the lines of `facepipe log --json`, by id. */
export function loggedFaces(lines: string): Map<string, LoggedFace> {
  const faces = lines.split('\n').filter((line) => line.startsWith('{"id"'));
  return new Map(faces.map((line) => JSON.parse(line)).map(({ id, seq, box }) => [id, { seq, box }]));
}

/** Each object is the face that its key says, and no number is missing or there twice. Gives the highest. */
export async function checkObjects(
  objects: Map<string, StoredObject>,
  seen: Map<string, LoggedFace>,
): Promise<number> {
  const numbers = new Set<number>();
  for (const [key, { body, metadata }] of objects) {
    const { facts } = await inspectImage(body);
    assert.ok(facts, key);
    assert.match(key, new RegExp(`^door/\\d{4}/\\d\\d/\\d\\d/${facts.id}\\.png$`));
    assert.equal(metadata.id, facts.id);
    assert.equal(numbers.has(facts.seq), false, `${facts.seq} is there twice`);
    numbers.add(facts.seq);
    const line = seen.get(facts.id);
    if (line) assert.deepEqual(line, { seq: facts.seq, box: facts.box }, key);
  }
  const highest = Math.max(...numbers);
  assert.equal(numbers.size, highest, `of ${highest} faces`);
  return highest;
}
