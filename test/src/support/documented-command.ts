// What `facepipe`, `npx` and `npm` are for the shell blocks of documents: this build, in place of a setup of its own.
// A program that runs until Ctrl-C gets one as soon as it says that it works, and then has to end as it should.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './documents.js';

const main = join(root, 'packages/cli/dist/main.js');
const works =
  /connected to mqtt|looking for faces|following |carrying |storing |broker listens on|watch the faces with|http:\/\/localhost:\d+\//;

/** Runs it to its end, or to where it works; resolves with the exit code. */
function runToWork(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(program, args, { stdio: ['inherit', 'pipe', 'pipe'] });
  // of a file, standard input, or so many frames
  const endsByItself = args.some((arg) => arg === '-' || arg === '--frames' || arg.endsWith('.mp4'));
  let said = '';
  let interrupted = false;
  const hear = (chunk: string) => {
    said = `${said}${chunk}`.slice(-10_000);
    if (interrupted || endsByItself || !works.test(said)) return;
    interrupted = true;
    child.kill('SIGINT');
  };
  child.stdout.pipe(process.stdout);
  child.stderr.pipe(process.stderr);
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  return new Promise((resolve) => {
    // a server without a handler of signals ends by the signal
    child.on('close', (code, signal) =>
      resolve(interrupted && (code === 130 || signal === 'SIGINT') ? 0 : (code ?? 1)),
    );
  });
}

/** `npm start`, `npm run NAME`: the script as package.json has it, without the setup. */
function script(args: readonly string[]): Promise<number> {
  const [first = '', second = ''] = args;
  const name = first === 'run' ? second : first;
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const line = scripts[name];
  if (line === undefined) throw new Error(`package.json has no script ${name}`);
  const [, left = ''] = /^node tools\/setup\.mjs(?: && (.*))?$/.exec(line) ?? [];
  if (left === '') return Promise.resolve(0);
  const more = args.includes('--') ? args.slice(args.indexOf('--') + 1) : [];
  // the page's own port may be taken on this machine
  const port = name === 'example' && !more.includes('--port') ? ['--port', '0'] : [];
  const [program = '', ...rest] = left.split(' ');
  return runToWork(program, [...rest, ...port, ...more]);
}

function start([name, ...args]: readonly string[]): Promise<number> {
  if (name === 'npm') return script(args);
  if (name === 'facepipe') return runToWork(process.execPath, [main, ...args]);
  const [command = '', ...rest] = args;
  if (command === 'facepipe') return runToWork(process.execPath, [main, ...rest]);
  return runToWork(join(root, 'node_modules/.bin', command), rest);
}

process.exitCode = await start(process.argv.slice(2));
