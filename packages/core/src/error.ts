/** One coded error of this package: a sentence with `{placeholders}` and what the reader can do about it. */
export interface CoreErrorEntry {
  /** What a program that ends with it exits with. */
  exit: 1 | 2;
  message: string;
  remedy: string;
}

/** Every error this package throws; docs/errors.md is made from this table. */
export const coreErrors = {
  FACEPIPE_E_ARGUMENT: {
    exit: 2,
    message: 'Expected {expected} for {name} but received {received}.',
    remedy: '',
  },
  FACEPIPE_E_IMAGE_NOT_READY: {
    exit: 1,
    message: 'There is no picture in the {what} ({reason}).',
    remedy: 'Wait until it has one: a video for loadeddata, an image for decode().',
  },
  FACEPIPE_E_IMAGE_CLOSED: {
    exit: 1,
    message: 'The {what} has been closed.',
    remedy: 'Hand it over before that; it may be closed as soon as the call has returned.',
  },
  FACEPIPE_E_IMAGE_FOREIGN: {
    exit: 1,
    message: 'The {what} shows pixels of another origin, which a page may not read.',
    remedy:
      'Let their server send Access-Control-Allow-Origin, and set crossorigin on the element that loads them.',
  },
  FACEPIPE_E_IMAGE_UNREADABLE: {
    exit: 1,
    message: 'The pixels of the {what} cannot be read here ({reason}).',
    remedy: 'Hand over its pixels instead: an object with data, width, height and format.',
  },
  FACEPIPE_E_CASCADE_UNKNOWN: {
    exit: 2,
    message: 'No bundled cascade is called {name}.',
    remedy: '{hint}; the bytes and the text of an XML file are taken, too.',
  },
  FACEPIPE_E_CASCADE_UNREADABLE: {
    exit: 2,
    message: 'The cascade {source} cannot be read ({reason}).',
    remedy: 'Check that the address is right and can be reached from here.',
  },
  FACEPIPE_E_CASCADE_INVALID: {
    exit: 2,
    message: 'The cascade {source} cannot be used: {problem}.',
    remedy: "Give an XML file that OpenCV's CascadeClassifier loads, with HAAR or LBP features.",
  },
  FACEPIPE_E_ENGINE_UNAVAILABLE: {
    exit: 2,
    message: 'The engine {engine} cannot be loaded here ({reason}).',
    remedy: '{advice}',
  },
  FACEPIPE_E_WORKER_UNAVAILABLE: {
    exit: 2,
    message: 'No thread for a detector can be started here ({reason}).',
    remedy: 'Let detector-worker.js lie beside the module, or leave out the option worker.',
  },
  FACEPIPE_E_THREADS_UNAVAILABLE: {
    exit: 1,
    message: 'One thread searches alone ({reason}).',
    remedy: '{advice}',
  },
  FACEPIPE_E_ENGINE_FAILED: {
    exit: 1,
    message: 'The engine {engine} failed on an image of {width}x{height} pixels ({reason}).',
    remedy: 'Memory is the usual reason: scale the image down, or raise minSize or scaleFactor.',
  },
  FACEPIPE_E_WEIGHTS_UNREADABLE: {
    exit: 2,
    message: 'The weights {source} cannot be read ({reason}).',
    remedy:
      'Let the folder weights lie where the package has it, or give their URL or bytes as the option weights.',
  },
  FACEPIPE_E_WEIGHTS_INVALID: {
    exit: 2,
    message: 'The weights {source} cannot be used: {problem}.',
    remedy: 'Give a file of the folder weights of @facepipe/core, as it is.',
  },
  FACEPIPE_E_VERIFIER_CLOSED: {
    exit: 1,
    message: 'The verifier has been closed.',
    remedy: 'Make another with createVerifier().',
  },
  FACEPIPE_E_DETECTOR_CLOSED: {
    exit: 1,
    message: 'The detector has been closed.',
    remedy: 'Make another with createDetector().',
  },
} as const satisfies Record<`FACEPIPE_E_${string}`, CoreErrorEntry>;

export type CoreErrorCode = keyof typeof coreErrors;

/** What every FacepipeError has, of whichever package and copy of it: `instanceof` goes by it. */
const brand = Symbol.for('facepipe.error');

/**
 * `instanceof FacepipeError` is true for those of @facepipe/wire as well; of a subclass it is true for its own alone.
 */
function isInstance(this: { prototype: Error }, value: unknown): boolean {
  if (this !== FacepipeError) return Object.prototype.isPrototypeOf.call(this.prototype, value as object);
  return value instanceof Error && brand in value;
}

/**
 * The one error type of this package. `message` can be printed alone: it says what is wrong and what to do. It has the
 * members of the FacepipeError of @facepipe/wire, and either class is good for `instanceof`.
 */
export class FacepipeError extends Error {
  override readonly name = 'FacepipeError';
  readonly code: CoreErrorCode;
  /** What `facepipe` exits with: 1 failed while running, 2 for a wrong argument. */
  readonly exit: 1 | 2;

  constructor(code: CoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.exit = coreErrors[code].exit;
  }

  static {
    // not of the instance, so that it is in no log and no JSON
    Object.defineProperty(FacepipeError.prototype, brand, { value: true });
    Object.defineProperty(FacepipeError, Symbol.hasInstance, { value: isInstance });
  }
}

/** Control characters in a name or a file would let them forge lines of a log. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * Makes the error of that code with its placeholders filled in.
 * @throws TypeError when a placeholder was given no value: a fault of this package.
 */
export function coreError(
  code: CoreErrorCode,
  values: Record<string, string | number> = {},
  cause?: unknown,
): FacepipeError {
  const { message, remedy } = coreErrors[code];
  const text = `${message} ${remedy}`.trim().replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new TypeError(`${code} needs a value for {${name}}`);
    return String(value).replace(unprintable, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
  });
  return new FacepipeError(code, text, cause);
}

/**
 * Of an image that an engine failed on.
 * @param error what it threw
 * @param reason default its message
 */
export function engineFailed(
  engine: string,
  { width, height }: { width: number; height: number },
  error: unknown,
  reason = error instanceof Error ? error.message : String(error),
): FacepipeError {
  return coreError('FACEPIPE_E_ENGINE_FAILED', { engine, width, height, reason }, error);
}
