import { browsers } from './browsers.js';
import { bundlers } from './bundlers.js';
import { programs } from './programs.js';
import type { Runtime } from './runtime.js';

/** Every runtime and tool that is tried. @param inputs as JSON, for those that are sent them */
export const runtimes = (inputs: string): Runtime[] => [...programs(inputs), ...browsers, ...bundlers];
