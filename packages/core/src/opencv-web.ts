// What a page imports as @facepipe/core/opencv for the engine opencv. No other module names opencv-wasm: a bundler
// warns of what it does not find, or gives up.
import { cv } from 'opencv-wasm/opencv-deno.js';
import { provideOpenCv } from './opencv-provided.js';

provideOpenCv(cv);
