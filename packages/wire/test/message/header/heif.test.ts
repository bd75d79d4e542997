import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHeif } from '../../../dist/message/header/heif.js';
import { box, exifBlock, heifOf, hex, latin1 } from './file.js';

const irot = (quarters: number) => box('irot', Buffer.from([quarters]));
/** A cut of width × height. */
const clap = (width: number, height: number) =>
  box('clap', Buffer.from([0, 0, 0, width, 0, 0, 0, 1, 0, 0, 0, height, 0, 0, 0, 1]), Buffer.alloc(16));

test('the size is that of the primary item, cropped and turned in the order of its properties', () => {
  assert.deepEqual(readHeif(heifOf([])), { width: 20, height: 10 });
  for (const [quarters, size] of [
    [20, 10],
    [10, 20],
    [20, 10],
    [10, 20],
  ].entries()) {
    const [width, height] = size;
    assert.deepEqual(readHeif(heifOf([box('imir', hex('01')), irot(quarters)])), { width, height });
  }
  assert.deepEqual(readHeif(heifOf([clap(16, 8)])), { width: 16, height: 8 });
  assert.deepEqual(readHeif(heifOf([irot(1), clap(8, 16)])), { width: 8, height: 16 });
  assert.deepEqual(readHeif(heifOf([clap(99, 99)])), { width: 20, height: 10 });
});

test('the description is that of the EXIF which belongs to the primary item; its orientation is passed over', () => {
  const block = Buffer.concat([hex('00000006'), latin1('Exif\0\0'), exifBlock(6, 'hello')]);
  const info = (id: number, type: string) =>
    box('infe', hex('02000000'), Buffer.from([0, id, 0, 0]), latin1(type));
  const exif = (describes: number, length = block.length) => {
    const file = heifOf(
      [],
      box('iinf', hex('00000000 0002'), info(1, 'hvc1'), info(2, 'Exif')),
      box('iref', hex('00000000'), box('cdsc', Buffer.from([0, 2, 0, 1, 0, describes]))),
      box('idat', block),
    );
    // Item 2 is in `idat`, after item 1 in the list of places, which heifOf has made for that one alone.
    const iloc = box(
      'iloc',
      hex('01000000 4400 0002'),
      hex('0001 0000 0000 0001 00000000 00000010'),
      hex('0002 0001 0000 0001 00000000'),
      Buffer.from([0, 0, 0, length]),
    );
    const meta = file.indexOf('meta') - 4;
    const [before, after] = [file.indexOf('iloc') - 4, file.indexOf('iprp') - 4];
    const parts = Buffer.concat([file.subarray(meta + 8, before), iloc, file.subarray(after)]);
    return Buffer.concat([file.subarray(0, meta), box('meta', parts)]);
  };
  assert.deepEqual(readHeif(exif(1)), { width: 20, height: 10, description: 'hello' });
  assert.deepEqual(readHeif(exif(2)), { width: 20, height: 10 });
  assert.deepEqual(readHeif(exif(1, 255)), { width: 20, height: 10 }, 'EXIF beyond the end');
});

test('damaged headers are refused', () => {
  const whole = heifOf([]);
  for (let length = 12; length < whole.length; length++) {
    assert.throws(() => readHeif(whole.subarray(0, length)), RangeError, `${length} bytes`);
  }
  const without = (type: string) => {
    const file = Buffer.from(whole);
    file.write('skip', file.indexOf(type, 24));
    return file;
  };
  for (const type of ['meta', 'pitm', 'iloc', 'iprp', 'ipco', 'ipma', 'ispe']) {
    assert.throws(() => readHeif(without(type)), RangeError, type);
  }
  const spoilt = (type: string, offset: number, bytes: string) => {
    const file = Buffer.from(whole);
    hex(bytes).copy(file, file.indexOf(type, 24) + offset);
    return file;
  };
  const files = {
    'a box larger than the one around it': spoilt('ipco', -4, '7fffffff'),
    'a box of 4 bytes': spoilt('ispe', -4, '00000004'),
    'a box whose size of 64 bits is 0': spoilt('ispe', -4, '00000001 69737065 00000000 00000000'),
    'another primary item': spoilt('pitm', 8, '0003'),
    'a picture beyond the end': spoilt('iloc', 8 + 8, '0000000100 7fffffff'),
    'more associations than there are bytes': spoilt('ipma', 8, '00000fff'),
  };
  for (const [name, file] of Object.entries(files)) assert.throws(() => readHeif(file), RangeError, name);
});
