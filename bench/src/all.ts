// node dist/all.js [--short]: every measurement that needs nothing but this repository, one after the other
await import('./detect.js');
await import('./delivery.js');
