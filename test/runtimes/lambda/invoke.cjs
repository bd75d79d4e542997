// What Lambda does with a handler, from a folder with nothing else in it. Arguments: the handler, inputs and checks.
const { readFileSync } = require('node:fs');

const [bundle, file, ...names] = process.argv.slice(2);
const { handler } = require(bundle);
handler({ inputs: JSON.parse(readFileSync(file, 'utf8')), names }).then((answers) =>
  console.log(JSON.stringify(answers)),
);
