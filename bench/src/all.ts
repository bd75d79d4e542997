// node dist/all.js [--short]: one measurement after the other; what is missing on this machine is named
await import('./detect.js');
await import('./blaze.js');
await import('./delivery.js');
await import('./sink.js');
