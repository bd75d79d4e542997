import { type Box, boxes } from './box.js';
import { damaged } from './file-header.js';

/** A file and the boxes in its `meta`, by type. */
export interface Items {
  file: Buffer;
  parts: Map<string, Box>;
}

/** Entries of a list of items that are walked through; pictures of many tiles have some hundred items. */
const maxEntries = 4096;

/** The item type `Exif` as a number. */
const exif = 0x45786966;

/** Numbers that stand one after the other, in the widths that the file chooses; beyond the end a RangeError. */
function cursor(file: Buffer, start: number) {
  let at = start;
  return {
    /** An unsigned integer of 0, 1, 2, 4 or 8 bytes. */
    next(bytes: number): number {
      if (bytes === 0) return 0;
      at += bytes;
      return bytes === 8 ? Number(file.readBigUInt64BE(at - 8)) : file.readUIntBE(at - bytes, bytes);
    },
    skip(bytes: number): void {
      at += bytes;
    },
  };
}

/** Adds up the entries of lists, and throws where they are more than any picture needs. */
function counter() {
  let sum = 0;
  return (entries: number): number => {
    sum += entries;
    if (sum > maxEntries) throw damaged(`${sum} entries`);
    return entries;
  };
}

/**
 * The bytes of an item (`iloc`): its first extent, which holds all of most. Undefined when there is no such item.
 * @throws RangeError when they are not in the file
 */
export function locate({ file, parts }: Items, id: number): Buffer | undefined {
  const iloc = parts.get('iloc');
  if (!iloc) return undefined;
  const list = cursor(file, iloc.start);
  const version = list.next(1);
  list.skip(3);
  const [widths, more] = [list.next(1), list.next(1)];
  const [offsetWidth, lengthWidth, baseWidth] = [widths >> 4, widths & 15, more >> 4];
  const indexWidth = version === 0 ? 0 : more & 15;
  const idWidth = version < 2 ? 2 : 4;
  if ([offsetWidth, lengthWidth, baseWidth, indexWidth].some((width) => ![0, 4, 8].includes(width))) {
    throw damaged('a wrong width');
  }
  for (let left = counter()(list.next(idWidth)); left > 0; left--) {
    const found = list.next(idWidth);
    const method = version === 0 ? 0 : list.next(2) & 15;
    list.skip(2);
    const base = list.next(baseWidth);
    const extents = list.next(2);
    if (found !== id) {
      list.skip(extents * (indexWidth + offsetWidth + lengthWidth));
      continue;
    }
    list.skip(indexWidth);
    const [offset, length] = [list.next(offsetWidth), list.next(lengthWidth)];
    // Method 0 counts from the file's beginning, 1 from that of `idat`; 2 from another item, which is not followed.
    const idat = parts.get('idat');
    const within = method === 1 ? idat : method === 0 ? { start: 0, end: file.length } : undefined;
    if (extents === 0 || !within) return undefined;
    const start = within.start + base + offset;
    const end = length === 0 ? within.end : start + length;
    if (start > end || end > within.end) throw damaged('an item beyond the end');
    return file.subarray(start, end);
  }
  return undefined;
}

/** The properties of an item (`iprp`), in the order in which they apply. */
export function propertiesOf({ file, parts }: Items, id: number): Box[] {
  const iprp = parts.get('iprp');
  const properties: Box[] = [];
  const indexes: number[] = [];
  const count = counter();
  let lists = 0;
  for (const part of iprp ? boxes(file, iprp.start, iprp.end) : []) {
    if (part.type === 'ipco' && properties.length === 0) {
      properties.push(...boxes(file, part.start, part.end));
    } else if (part.type === 'ipma') {
      // One for each pair of version (0, 1) and flags (0, 1) is allowed.
      if (++lists > 4) throw damaged('associations without end');
      const list = cursor(file, part.start);
      const [version, flags] = [list.next(1), list.next(3)];
      const width = flags & 1 ? 2 : 1;
      for (let left = count(list.next(4)); left > 0; left--) {
        const found = list.next(version === 0 ? 2 : 4);
        const associations = list.next(1);
        if (found !== id || indexes.length > 0) list.skip(associations * width);
        // The highest bit says whether a reader must understand the property; the rest counts from 1.
        else
          for (let i = 0; i < associations; i++) indexes.push(list.next(width) & (2 ** (8 * width - 1) - 1));
      }
    }
  }
  return indexes.flatMap((index) => properties[index - 1] ?? []);
}

/** Id of the first item of type `Exif` (`iinf`) that describes this one (`iref`, `cdsc`). */
export function exifItem({ file, parts }: Items, id: number): number | undefined {
  const [iinf, iref] = [parts.get('iinf'), parts.get('iref')];
  if (!iinf || !iref) return undefined;
  const describing = new Set<number>();
  const count = counter();
  const width = file.readUInt8(iref.start) === 0 ? 2 : 4;
  for (const { type, start } of boxes(file, iref.start + 4, iref.end)) {
    if (type !== 'cdsc') continue;
    const list = cursor(file, start);
    const from = list.next(width);
    for (let left = count(list.next(2)); left > 0; left--) if (list.next(width) === id) describing.add(from);
  }
  const start = iinf.start + (file.readUInt8(iinf.start) === 0 ? 6 : 8);
  for (const info of boxes(file, start, iinf.end)) {
    const list = cursor(file, info.start);
    const version = list.next(1);
    list.skip(3);
    const item = list.next(version < 3 ? 2 : 4);
    list.skip(2);
    if (list.next(4) === exif && describing.has(item)) return item;
  }
  return undefined;
}
