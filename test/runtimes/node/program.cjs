// The same with `require`.
const { readFileSync } = require('node:fs');
const { createDetector, createVerifier } = require('@facepipe/core');
const { probe } = require('./probe.js');
const { readInputs } = require('./sent.js');

const [file, ...names] = process.argv.slice(2);
const inputs = readInputs(JSON.parse(readFileSync(file, 'utf8')));
probe({ createDetector, createVerifier }, inputs, names).then((answers) =>
  console.log(JSON.stringify(answers)),
);
