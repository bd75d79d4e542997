import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';

/** Bytes of an answer that is no object; S3's own errors have some 300. */
const longest = 64 * 1024;

/** An answer that no S3 store gives to what was asked. */
export class StrangeAnswer extends Error {
  override readonly name = 'StrangeAnswer';
  readonly status: number;
  /** Continues "What answers … is not the store: ". */
  readonly reason: string;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
    this.reason = reason;
  }
}

interface Response {
  statusCode: number;
  headers: Record<string, string>;
  body: unknown;
}

function isResponse(value: unknown): value is Response {
  return typeof value === 'object' && value !== null && 'statusCode' in value && 'headers' in value;
}

/** @throws StrangeAnswer for a body that is longer, whose connection is then destroyed */
async function readWhole(status: number, body: unknown): Promise<Buffer> {
  if (!(body instanceof Readable)) return Buffer.of();
  const parts: Buffer[] = [];
  let size = 0;
  // leaving the loop destroys the stream, and with it the socket
  for await (const part of body) {
    size += part.length;
    if (size > longest) throw new StrangeAnswer(status, `HTTP ${status} with more than ${longest} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The code of an S3 error, `<Error><Code>NoSuchKey</Code>…`; undefined where the text is none. */
function codeOf(text: string): string | undefined {
  const start = text.indexOf('<Error');
  const at = start < 0 ? -1 : text.indexOf('<Code>', start);
  return at < 0
    ? undefined
    : /^<Code>\s*([A-Za-z0-9.]{1,100})\s*<\/Code>/.exec(text.slice(at, at + 200))?.[1];
}

/** Statuses by which a proxy says, too, that it is the store's turn and not yet. */
const passing = (status: number) => status >= 500 || status === 408 || status === 429;

/**
 * Reads an answer before the SDK does: its body within bounds and, unless it is S3's own by its code or its request id,
 * not as a verdict on anything.
 * @throws StrangeAnswer
 */
async function examine(method: string, response: Response): Promise<void> {
  const { statusCode: status, headers } = response;
  // the caller reads an object as it comes
  if (status < 300 && method === 'GET') return;
  const body = await readWhole(status, response.body);
  response.body = body;
  if (status < 300) {
    if (method === 'PUT' && status !== 200) throw new StrangeAnswer(status, `HTTP ${status} to a put`);
    if (method === 'PUT' && body.length > 0) throw new StrangeAnswer(status, 'a page in answer to a put');
    return;
  }
  const code = codeOf(body.toString('latin1'));
  // what is not an S3 error never reaches the SDK's parser
  if (code === undefined) response.body = Buffer.of();
  if (code === undefined && headers['x-amz-request-id'] === undefined && !passing(status)) {
    if (status === 407) throw new StrangeAnswer(status, 'the proxy wants another user name and password');
    throw new StrangeAnswer(status, `HTTP ${status} without an S3 error`);
  }
}

/** Has every answer to this client examined. */
export function examineAnswers(client: S3Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { request } = args;
      const method =
        typeof request === 'object' && request !== null && 'method' in request ? String(request.method) : '';
      if (isResponse(result.response)) await examine(method, result.response);
      return result;
    },
    // the last but for the handler that sends the request
    { step: 'deserialize', priority: 'low', name: 'facepipeExamineAnswers' },
  );
}
