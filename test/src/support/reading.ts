import type { Program } from './program.js';

/** A metric of a running program as it is now, over all its labels; 0 while there is none. */
export async function reading(program: Program, name: string): Promise<number> {
  const port = /on port (\d+)/.exec(await program.line(/health and metrics on port \d+/))?.[1];
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const samples = text.matchAll(new RegExp(`^facepipe_${name}(?:\\{.*\\})? (\\S+)$`, 'gm'));
  return [...samples].reduce((sum, [, value]) => sum + Number(value), 0);
}
