import { type Layout, layouts, type StructName } from './layout.js';

type MemberName<S extends StructName> = keyof (typeof layouts)[S]['members'] & string;

/** One of the kernel's structs: zeros at first, read and written by the table of layouts. */
export class Struct<S extends StructName> {
  readonly bytes: Buffer;
  readonly #layout: Layout;

  constructor(name: S) {
    this.#layout = layouts[name];
    this.bytes = Buffer.alloc(this.#layout.size);
  }

  #member(name: string) {
    const member = this.#layout.members[name];
    if (!member) throw new TypeError(`No member ${name} is laid out`);
    return member;
  }

  get(name: MemberName<S>): number {
    const [offset, kind] = this.#member(name);
    if (kind === 'u32') return this.bytes.readUInt32LE(offset);
    if (kind === 's32') return this.bytes.readInt32LE(offset);
    if (kind === 's64') return Number(this.bytes.readBigInt64LE(offset));
    throw new TypeError(`${name} is text`);
  }

  set(name: MemberName<S>, value: number): this {
    const [offset, kind] = this.#member(name);
    if (kind === 'u32') this.bytes.writeUInt32LE(value, offset);
    else if (kind === 's32') this.bytes.writeInt32LE(value, offset);
    else if (kind === 's64') this.bytes.writeBigInt64LE(BigInt(value), offset);
    else throw new TypeError(`${name} is text`);
    return this;
  }

  /** Text up to its NUL; what is not UTF-8 shows as U+FFFD. */
  text(name: MemberName<S>): string {
    const [offset, kind] = this.#member(name);
    if (typeof kind !== 'number') throw new TypeError(`${name} is not text`);
    const raw = this.bytes.subarray(offset, offset + kind);
    const end = raw.indexOf(0);
    return raw.toString('utf8', 0, end < 0 ? kind : end);
  }
}
