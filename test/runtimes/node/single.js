// A program that becomes one file: no file of the package is beside it.
import { readFileSync } from 'node:fs';
import { createDetector, createVerifier } from '@facepipe/core/inline';
import { probe } from './probe.js';
import { readInputs } from './sent.js';

const [file, ...names] = process.argv.slice(2);
const inputs = readInputs(JSON.parse(readFileSync(file, 'utf8')));
probe({ createDetector, createVerifier }, inputs, names).then((answers) =>
  console.log(JSON.stringify(answers)),
);
