/** One coded error of this package: a sentence with `{placeholders}` and what the reader can do about it. */
export interface CoreErrorEntry {
  message: string;
  remedy: string;
}

/** Every error this package throws; docs/errors.md is made from this table. */
export const coreErrors = {
  FACEPIPE_E_ARGUMENT: { message: 'Expected {expected} for {name} but received {received}.', remedy: '' },
  FACEPIPE_E_CASCADE_UNKNOWN: {
    message: 'No bundled cascade is called {name}.',
    remedy: '{hint}; the bytes and the text of an XML file are taken, too.',
  },
  FACEPIPE_E_CASCADE_UNREADABLE: {
    message: 'The cascade {source} cannot be read ({reason}).',
    remedy: 'Check that the address is right and can be reached from here.',
  },
  FACEPIPE_E_CASCADE_INVALID: {
    message: 'The cascade {source} cannot be used: {problem}.',
    remedy: "Give an XML file of OpenCV's opencv-cascade-classifier format with HAAR or LBP features.",
  },
  FACEPIPE_E_ENGINE_UNAVAILABLE: {
    message: 'The engine {engine} cannot be loaded here ({reason}).',
    remedy: '{advice}',
  },
  FACEPIPE_E_ENGINE_FAILED: {
    message: 'The engine {engine} gave up on an image of {width}x{height} pixels ({reason}).',
    remedy: 'Memory is the usual reason: scale the image down, or raise minSize or scaleFactor.',
  },
  FACEPIPE_E_DETECTOR_CLOSED: {
    message: 'The detector has been closed.',
    remedy: 'Make another with createDetector().',
  },
} as const satisfies Record<`FACEPIPE_E_${string}`, CoreErrorEntry>;

export type CoreErrorCode = keyof typeof coreErrors;

/** The one error type of this package. `message` can be printed alone: it says what is wrong and what to do. */
export class FacepipeError extends Error {
  override readonly name = 'FacepipeError';
  readonly code: CoreErrorCode;

  constructor(code: CoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
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
