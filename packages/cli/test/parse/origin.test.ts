import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FacepipeError } from '@facepipe/service';
import { type Origin, withOrigin } from '../../dist/parse/origin.js';

const told = (exit: 2 | 4, message: string, origins: Record<string, Origin>): string => {
  const error = withOrigin(
    new FacepipeError('FACEPIPE_E_X', exit, message),
    new Map(Object.entries(origins)),
  );
  assert.ok(error instanceof FacepipeError);
  assert.deepEqual([error.code, error.exit], ['FACEPIPE_E_X', exit]);
  return error.message;
};

test('an error is told with where the values are from that it is about', () => {
  const to = (where: string) => ({
    to: { where, value: 'tcp://ann:secret@cloud' },
    from: { where, value: 'mqtt://e' },
  });
  const problem = 'The broker URL "tcp://cloud" has the unknown protocol tcp. Write mqtt://, with --from.';
  assert.equal(told(2, problem, to('line 4 of site.yaml')), `${problem} --to is from line 4 of site.yaml.`);
  assert.equal(told(2, problem, to('the command line')), `${problem} --to is from the command line.`);
  // typed, and no mistake of usage
  assert.equal(told(4, problem, to('the command line')), problem);
  // named already
  const named = 'Expected one for --to but received "tcp://cloud".';
  assert.equal(told(2, named, to('the command line')), named);
  assert.match(told(2, named, to('the variable FACEPIPE_TO')), /--to is from the variable FACEPIPE_TO\.$/);
  assert.equal(told(2, 'Something else.', to('line 4 of site.yaml')), 'Something else.');
  assert.doesNotMatch(told(2, problem, to('line 4 of site.yaml')), /secret/);
});

test('what is no error of ours stays as it is', () => {
  const bug = new TypeError('x');
  assert.equal(withOrigin(bug, new Map([['to', { where: 'line 1 of x', value: 'xxxx' }]])), bug);
});
