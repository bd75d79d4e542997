import type { ThreadProgram } from './thread-program.js';

let own: ThreadProgram | undefined;

/** Whether this worker is no module: those may not import scripts. Firefox lets them import none. */
function isClassic(): boolean {
  try {
    // not by its bare name, which Parcel refuses in what it takes for a module
    globalThis.importScripts('data:text/javascript,');
    return true;
  } catch {
    return false;
  }
}

/** From here on the threads that this one starts run its own file, for each of which it has answers. */
export function startOwnFile(file: string): void {
  const startWeb = () =>
    new Worker(location.href, { type: isClassic() ? 'classic' : 'module', name: 'facepipe-search' });
  own = { file, startWeb };
}

/** What a thread is to run that was to run this. */
export const programFor = (program: ThreadProgram): ThreadProgram => own ?? program;
