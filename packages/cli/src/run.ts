import type { FacepipeError } from '@facepipe/service';
import { AlreadyReported, outputError } from './cli-error.js';
import type { Session } from './command/session.js';
import { Ending, endingSignals, isAbort } from './ending.js';
import { Exit, exitCodeOf, isExpected } from './exit.js';
import { withOrigin } from './parse/origin.js';
import { type Invocation, parseCommandLine } from './parse/parser.js';
import { createLogger } from './print/logger.js';
import { createProgress } from './print/progress.js';
import { referenceOf } from './print/reference.js';

/** They answer and end: each of their lines is about something that was asked for. */
const onDemand = new Set<string>(['detect', 'devices', 'explain', 'health']);

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
    case 'explain':
      return (await import('./command/explain.js')).explain(invocation.options, invocation.files, session);
    case 'health':
      return (await import('./command/health.js')).health(invocation.options, session);
    case 'forward':
      return (await import('./command/forward.js')).forward(invocation.options, session);
    case 'log':
      return (await import('./command/log.js')).log(invocation.options, session);
    case 'view':
      return (await import('./command/view.js')).view(invocation.options, session);
    case 'sink':
      return (await import('./command/sink.js')).sink(invocation.options, session);
  }
}

/** The last words about an error: a line, or a JSON object in a line. */
function explain(error: unknown, json: boolean): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const stack = error instanceof Error ? error.stack : String(error);
  const bug = 'this is a bug, please report it.';
  if (json) {
    const said = isExpected(error)
      ? { code, msg: error.message, see: referenceOf(code) }
      : { msg: bug, stack };
    return JSON.stringify({ level: 60, time: new Date().toISOString(), ...said });
  }
  if (!isExpected(error)) return `facepipe: ${bug}\n${stack}`;
  return `facepipe: ${error.message} [${code}] see ${referenceOf(code)}`;
}

/** Warnings that are for who builds the program; the AWS SDK says at each start how long it supports this Node.js. */
const forBuilders = /^(Warning: )?(ExperimentalWarning|NodeVersionSupportWarning): /;

/** Warnings of Node.js and of libraries, in the form of all other lines. */
function logWarnings(log: Session['log']): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => {
    const [line = ''] = message.split('\n').filter((text) => text.trim() !== '');
    log[forBuilders.test(`${name}: ${line}`) ? 'debug' : 'warn'](`${name}: ${line}`);
  });
}

/**
 * Runs one command line; resolves with the exit code once everything is drained and closed.
 * @param exit ends the process at once, with this exit code
 */
export async function run(
  args: readonly string[],
  version: string,
  exit: (code: number) => void,
): Promise<number> {
  let say = (_: string): void => {};
  const out = (line: string) => process.stdout.write(`${line}\n`);
  const ending = new Ending({ say: (text) => say(text), out, exit });
  for (const signal of endingSignals) process.on(signal, () => ending.receive(signal));
  let unwritten: FacepipeError | undefined;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    ending.stop();
    // `facepipe log | head -1`: the reader has seen enough
    if (error.code === 'EPIPE' || unwritten) return;
    unwritten = outputError('standard output', error);
    process.stderr.write(`${explain(unwritten, json)}\n`);
    process.exitCode = unwritten.exit;
  });
  // before the flags are read, they are all there is to go by
  let json = args.includes('--json') || /^(true|1)$/i.test(process.env.FACEPIPE_JSON ?? '');
  try {
    const { env, stdin, stderr } = process;
    const { columns } = process.stdout;
    const invocation = parseCommandLine(args, { env, version, ...(columns && { columns }) });
    if (invocation.command === 'help') {
      process.stdout.write(`${invocation.text}\n`);
      return Exit.done;
    }
    const { quiet, 'log-level': level } = invocation.options;
    json = invocation.options.json;
    const report = (status: string) => logger.info(status);
    const progress = createProgress(stderr, { quiet, json, report });
    const limited = !onDemand.has(invocation.command);
    const colour = stderr.isTTY ?? false;
    const logger = createLogger({ level, json, write: progress.line, colour, limited });
    logWarnings(logger);
    say = (text) => logger.info(text);
    const session: Session = {
      signal: ending.signal,
      begin: (work) => ending.begin(work),
      log: logger,
      progress,
      out,
      json,
      version,
      stdin,
    };
    for (const { name, near } of invocation.misspelt)
      logger.warn(`the variable ${name} is none of facepipe’s and says nothing; the nearest is ${near}`);
    let code: unknown;
    try {
      code = await start(invocation, session);
    } catch (error) {
      throw error instanceof AlreadyReported ? error : withOrigin(error, invocation.origins);
    } finally {
      ending.settle();
      progress.stop();
      logger.settle();
    }
    if (unwritten) return unwritten.exit;
    if (typeof code === 'number') return code;
    return ending.code ?? Exit.done;
  } catch (error) {
    // asked to end while still connecting or opening: that is no failure of the command
    if (
      ending.code !== undefined &&
      (isAbort(error) || (isExpected(error) && exitCodeOf(error) !== Exit.failed))
    )
      return ending.code;
    if (!(error instanceof AlreadyReported)) process.stderr.write(`${explain(error, json)}\n`);
    return exitCodeOf(error);
  }
}
