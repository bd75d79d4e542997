import { writeFileSync } from 'node:fs';
import { facepipePeer } from './facepipe-peer.js';
import { machine } from './machine.js';
import { nativePeers } from './native.js';
import { loadOpenCvJs, loadOpenCvWasm, openCvPeer } from './opencv-js.js';
import { type Peer, shown } from './peer.js';
import { type GrayPicture, picture } from './picture.js';
import { startReport } from './start-report.js';
import { table } from './table.js';

// node dist/detect.js [--short] [--write]: one detection in grey pixels, side by side with every OpenCV there is.
// --write puts the tables into docs/speed.md.

const short = process.argv.includes('--short');
const repeats = short ? 3 : 9;
const warmMilliseconds = short ? 100 : 1500;
const cascades = ['frontalface_default', 'frontalface_alt2'];
const pictures: GrayPicture[] = [
  await picture(320, 240),
  await picture(640, 480),
  await picture(1280, 720, 3, 2),
  await picture(1920, 1080, 4, 2),
];
const peers: Peer[] = [
  await facepipePeer('1 thread', { engine: 'simd' }),
  await facepipePeer('2 threads', { engine: 'simd', threads: 2 }),
  openCvPeer('opencv-wasm 4.3.0-10', loadOpenCvWasm()),
  openCvPeer('opencv.js 4.12', await loadOpenCvJs()),
  ...(await nativePeers()),
];

interface Measured {
  /** peer by peer */
  ms: number[];
  faces: number;
}

/** Until a runtime has compiled what it runs as well as it can. */
async function warmUp(peer: Peer, cascade: string, picture: GrayPicture): Promise<void> {
  let spent = 0;
  while (spent < warmMilliseconds) spent += (await peer.detect(cascade, picture)).ms;
}

/** In turns, that what else the machine does meets all alike; it only adds, so the least of all counts. */
async function measure(cascade: string, picture: GrayPicture): Promise<Measured> {
  const times = peers.map((): number[] => []);
  for (const peer of peers) await warmUp(peer, cascade, picture);
  let expected: string | undefined;
  let count = 0;
  for (let turn = 0; turn < repeats; turn++) {
    for (const [index, peer] of peers.entries()) {
      const { ms, faces } = await peer.detect(cascade, picture);
      times[index]?.push(ms);
      expected ??= shown(faces);
      count = faces.length;
      if (shown(faces) === expected) continue;
      throw new Error(`${peer.name} finds other faces in ${picture.name}: ${shown(faces)} not ${expected}`);
    }
  }
  return { ms: times.map((all) => Math.min(...all)), faces: count };
}

async function detectReport(): Promise<string> {
  const sections: string[] = [];
  for (const cascade of cascades) {
    const measured: [GrayPicture, Measured][] = [];
    for (const each of pictures) measured.push([each, await measure(cascade, each)]);
    const times = measured.map(([{ name }, { ms, faces }]) => [
      name,
      faces,
      ...ms.map((one) => one.toFixed(1)),
    ]);
    const ratios = measured.map(([{ name }, { ms }]) => {
      const [ours = Number.NaN, ...others] = ms;
      return [name, ...others.map((other) => `${(other / ours).toFixed(2)}×`)];
    });
    const names = peers.map(({ name }) => name);
    sections.push(
      `## ${cascade}`,
      `Milliseconds for one image.\n\n${table(['', 'faces', ...names], times)}`,
      `How many times as long as ${names[0]} the others take.\n\n${table(['', ...names.slice(1)], ratios)}`,
    );
  }
  return sections.join('\n\n');
}

const detection = await detectReport();
for (const peer of peers) await peer.close();
const page = `# Speed

Written by \`npm run detect --workspace bench -- --write\`.
Measured on: ${machine()}.

All detectors get the same grey pixels: photographs, which fill the frame at the two smaller sizes and stand side by
side at the larger ones. The settings are scaleFactor 1.1, minNeighbors 3, minSize 30. Each detector is warmed up for
${warmMilliseconds / 1000} s; then the least of ${repeats} times counts, taken in turns in one run. All find the same faces with the same neighbours in
every run, or there would be no table.

${detection}

## From import to the first boxes

${await startReport(short)}
`;
console.log(page);
if (peers.length < 5)
  console.log('Without native OpenCV, which is not installed: apt-get install python3-opencv');
if (process.argv.includes('--write')) {
  writeFileSync(new URL('../../docs/speed.md', import.meta.url), page);
}
