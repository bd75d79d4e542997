import { argv } from 'node:process';
import { decodeImage } from '@facepipe/edge';
import { openFaceDetector } from '@facepipe/edge/detect';
import { machine } from './machine.js';
import { type Setting, settings } from './quality-setting.js';
import { table } from './table.js';
import { addTo, type Folder, readFolder, sameFace, type Tally } from './truth.js';

// node dist/quality.js FOLDER… [--only TEXT]: precision and recall of every setting on labelled pictures (a folder
// with a truth.json), false alarms on folders without one, and what a picture costs. --only: settings whose names
// have the text.

const only = argv.includes('--only') ? argv[argv.indexOf('--only') + 1] : undefined;
const paths = argv.slice(2).filter((arg) => arg !== '--only' && arg !== only);
if (paths.length === 0) throw new Error('Give one folder of pictures, or more');
const folders = paths.map(readFolder);

interface Row {
  setting: Setting;
  threshold: number | undefined;
  tallies: Tally[];
}

/** Rows of one setting, one for each threshold, and what its pictures cost on average. */
async function measure(setting: Setting): Promise<{ rows: Row[]; cost: string[] }> {
  const detector = await openFaceDetector(setting.detector);
  const rows = (setting.thresholds.length > 0 ? setting.thresholds : [undefined]).map((threshold) => ({
    setting,
    threshold,
    tallies: folders.map(() => ({ hits: 0, falseAlarms: 0, wanted: 0 })),
  }));
  let pictures = 0;
  for (const [index, { truths }] of folders.entries())
    for (const truth of truths) {
      const faces = await detector.detect(await decodeImage(truth.file), setting.detection);
      pictures++;
      for (const { threshold = 0, tallies } of rows) {
        // of overlapping boxes the surest stays, whatever the threshold
        const sure = faces.filter(({ verify = 1 }) => verify >= threshold);
        const tally = tallies[index];
        if (tally) addTo(tally, sure, truth);
      }
    }
  const { candidates, searching, verifying } = detector.counts;
  await detector.close();
  const each = [candidates, searching, verifying].map((sum) => (sum / pictures).toFixed(1));
  return { rows, cost: each };
}

function shown({ labelled }: Folder, { hits, falseAlarms, wanted }: Tally): string {
  if (!labelled) return String(falseAlarms);
  const found = hits + falseAlarms;
  const precision = found > 0 ? (hits / found).toFixed(2) : '-';
  return `${precision} / ${(hits / wanted).toFixed(2)}`;
}

const head = [
  ...['setting', 'score'],
  ...folders.map(({ path, truths, labelled }) => {
    const name = path.replace(/\/+$/, '').split('/').at(-1);
    return `${name} (${truths.length}), ${labelled ? 'precision / recall' : 'false alarms'}`;
  }),
  ...['candidates a picture', 'search, ms', 'verify, ms'],
];
const lines: string[][] = [];
for (const setting of settings.filter(({ name }) => !only || name.includes(only))) {
  const { rows, cost } = await measure(setting);
  for (const { threshold, tallies } of rows) {
    const cells = folders.map((folder, index) =>
      shown(folder, tallies[index] ?? { hits: 0, falseAlarms: 0, wanted: 0 }),
    );
    lines.push([setting.name, threshold === undefined ? '' : String(threshold), ...cells, ...cost]);
  }
}
console.log(`${machine()}

scaleFactor 1.1, minSize 30. A face counts as found from an intersection over union of ${sameFace} on; faces with a long side
under 30 pixels, a short one under 24, or marked invalid count neither way. One thread; times are means.

${table(head, lines)}`);
