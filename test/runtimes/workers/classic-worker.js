// A classic worker has no import statement, but can import on demand.
self.onmessage = async ({ data: { from, names }, ports: [port] }) => {
  const [core, { fetchInputs }, { probe }] = await Promise.all([
    import('./node_modules/@facepipe/core/bundle/index.js'),
    import('./inputs.js'),
    import('./probe.js'),
  ]);
  port.postMessage(await probe(core, await fetchInputs(from), names));
};
