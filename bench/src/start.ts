import { machine } from './machine.js';
import { startReport } from './start-report.js';

// node dist/start.js [--short]: from before `import` to the first boxes, beside OpenCV's own builds for JavaScript.

console.log(machine());
console.log(await startReport(process.argv.includes('--short')));
