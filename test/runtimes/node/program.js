// A program of Node, Deno or Bun: prints its answers. Arguments: the file of the inputs, and the checks.
import { readFileSync } from 'node:fs';
import { createDetector, createVerifier } from '@facepipe/core';
import { probe } from './probe.js';
import { readInputs } from './sent.js';

const [file, ...names] = process.argv.slice(2);
const inputs = readInputs(JSON.parse(readFileSync(file, 'utf8')));
console.log(JSON.stringify(await probe({ createDetector, createVerifier }, inputs, names)));
