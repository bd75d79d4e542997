/**
 * What a program exits with: 1 failed while running, 2 usage or configuration, 3 source, 4 broker, 5 store unavailable.
 */
export type ExitCode = 1 | 2 | 3 | 4 | 5;

/** One coded error: the exit code, a sentence with `{placeholders}` and what the reader can do about it. */
export interface ErrorEntry {
  exit: ExitCode;
  message: string;
  remedy: string;
}

/** What every FacepipeError has, of whichever package and copy of it: `instanceof` goes by it. */
const brand = Symbol.for('facepipe.error');

/**
 * `instanceof FacepipeError` is true for those of @facepipe/core as well; of a subclass it is true for its own alone.
 */
function isInstance(this: { prototype: Error }, value: unknown): boolean {
  if (this !== FacepipeError) return Object.prototype.isPrototypeOf.call(this.prototype, value as object);
  return value instanceof Error && brand in value;
}

/** The one error type of facepipe's programs. `message` can be printed alone: it says what is wrong and what to do. */
export class FacepipeError extends Error {
  override readonly name = 'FacepipeError';
  readonly code: string;
  readonly exit: ExitCode;

  constructor(code: string, exit: ExitCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.exit = exit;
  }

  static {
    // not of the instance, so that it is in no log and no JSON
    Object.defineProperty(FacepipeError.prototype, brand, { value: true });
    Object.defineProperty(FacepipeError, Symbol.hasInstance, { value: isInstance });
  }
}

/** Control characters would let text from the network forge or repaint lines of a terminal or a log. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Text from the network, with what could repaint a terminal or forge a log line escaped as `\\u{…}`. */
export function printable(value: string | number): string {
  return String(value).replace(unprintable, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}

/**
 * A maker of coded errors for one table.
 * @throws TypeError (from the maker) when a placeholder of the template was given no value: a fault of the program.
 */
export function defineErrors<const T extends Record<`FACEPIPE_E_${string}`, ErrorEntry>>(
  table: T,
): (code: keyof T & string, values?: Record<string, string | number>, cause?: unknown) => FacepipeError {
  const entries: Record<string, ErrorEntry | undefined> = table;
  return (code, values = {}, cause) => {
    const entry = entries[code];
    if (!entry) throw new TypeError(`No error is defined for ${code}`);
    const text = `${entry.message} ${entry.remedy}`.trim().replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new TypeError(`${code} needs a value for {${name}}`);
      return printable(value);
    });
    return new FacepipeError(code, entry.exit, text, cause);
  };
}
