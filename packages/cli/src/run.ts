import type { Session } from './command/session.js';
import { AlreadyReported } from './error.js';
import { Exit, exitCodeOf, isExpected } from './exit.js';
import { type Invocation, parseCommandLine } from './parse/parser.js';
import { createLogger } from './print/logger.js';
import { createProgress } from './print/progress.js';

const signalExit = { SIGINT: Exit.interrupted, SIGTERM: Exit.terminated } as const;

/** They answer and end: each of their lines is about something that was asked for. */
const onDemand = new Set<string>(['detect', 'devices', 'health']);

/** Each command loads what it needs: `detect` no cloud, `sink` no detector. A number is the exit code. */
async function start(
  invocation: Exclude<Invocation, { command: 'help' }>,
  session: Session,
): Promise<unknown> {
  switch (invocation.command) {
    case 'broker':
      return (await import('./command/broker.js')).broker(invocation.options, session);
    case 'capture':
      return (await import('./command/capture.js')).capture(invocation.options, session);
    case 'demo':
      return (await import('./command/demo.js')).demo(invocation.options, session);
    case 'detect':
      return (await import('./command/detect.js')).detect(invocation.options, invocation.files, session);
    case 'devices':
      return (await import('./command/devices.js')).devices(invocation.options, session);
    case 'health':
      return (await import('./command/health.js')).health(invocation.options, session);
    case 'forward':
      return (await import('./command/forward.js')).forward(invocation.options, session);
    case 'log':
      return (await import('./command/log.js')).log(invocation.options, session);
    case 'sink':
      return (await import('./command/sink.js')).sink(invocation.options, session);
  }
}

function explain(error: unknown): string {
  if (isExpected(error)) return `facepipe: ${error.message} [${'code' in error ? error.code : ''}]`;
  const stack = error instanceof Error ? error.stack : String(error);
  return `facepipe: this is a bug, please report it.\n${stack}`;
}

/** Runs one command line; resolves with the exit code once everything is drained and closed. */
export async function run(args: readonly string[], version: string): Promise<number> {
  const stop = new AbortController();
  let received: keyof typeof signalExit | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // a second signal changes nothing: the drain has its own deadline
    process.on(signal, () => {
      received ??= signal;
      stop.abort();
    });
  }
  // `facepipe log | head -1`: the reader has seen enough
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    stop.abort();
  });
  try {
    const { env, stdin, stderr, stdout } = process;
    const columns = stdout.columns;
    const invocation = parseCommandLine(args, { env, version, ...(columns && { columns }) });
    if (invocation.command === 'help') {
      process.stdout.write(`${invocation.text}\n`);
      return Exit.done;
    }
    const { json, quiet, 'log-level': level } = invocation.options;
    const progress = createProgress(stderr, quiet);
    const limited = !onDemand.has(invocation.command);
    const colour = stderr.isTTY ?? false;
    const logger = createLogger({ level, json, write: progress.line, colour, limited });
    const session: Session = {
      signal: stop.signal,
      log: logger,
      progress,
      out: (line) => stdout.write(`${line}\n`),
      json,
      version,
      stdin,
    };
    let code: unknown;
    try {
      code = await start(invocation, session);
    } finally {
      progress.stop();
      logger.settle();
    }
    if (typeof code === 'number') return code;
    return received ? signalExit[received] : Exit.done;
  } catch (error) {
    // asked to end while still connecting or opening: that is no failure of the command
    if (received && stop.signal.aborted && isExpected(error) && exitCodeOf(error) !== Exit.failed)
      return signalExit[received];
    if (!(error instanceof AlreadyReported)) process.stderr.write(`${explain(error)}\n`);
    return exitCodeOf(error);
  }
}
