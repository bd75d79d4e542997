// Packs models/*.xml for the package, after the compiler: what is read and checked here need not be when it is loaded.
// The packed form has no comments, so the notices in them, which their licences want kept, go into a file beside it.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { packCascade } from '../dist/cascade-pack.js';
import { readCascade } from '../dist/cascade-read.js';

const from = new URL('../../../models/', import.meta.url);
const to = new URL('../cascades/', import.meta.url);
const packer = new URL('../dist/cascade-pack.js', import.meta.url);
const openCv = readFileSync(new URL('OPENCV-LICENSE.txt', from), 'utf8');

/** The comment before the first element, if it is a licence. */
function noticeOf(xml) {
  const comment = /<!--([\s\S]*?)-->/.exec(xml.slice(0, xml.indexOf('<opencv_storage')))?.[1] ?? '';
  return /copyright/i.test(comment) ? comment.replace(/^\n+|\s+$/g, '') : undefined;
}

mkdirSync(to, { recursive: true });
const notices = new Map();
for (const file of readdirSync(from).filter((name) => name.endsWith('.xml'))) {
  const source = new URL(file, from);
  const packed = `${file.replace(/^haarcascade_|\.xml$/g, '')}.cascade`;
  const target = new URL(packed, to);
  const xml = readFileSync(source, 'utf8');
  const notice = noticeOf(xml) ?? openCv.trimEnd();
  notices.set(notice, [...(notices.get(notice) ?? []), packed]);
  const newest = Math.max(statSync(source).mtimeMs, statSync(packer).mtimeMs);
  if (existsSync(target) && statSync(target).mtimeMs >= newest) continue;
  writeFileSync(target, packCascade(readCascade(xml)));
}
const rule = '='.repeat(80);
const intro =
  'These cascades come from OpenCV (https://opencv.org). Each keeps the notice of the file it was made from.';
const parts = [...notices].map(([notice, files]) => `${rule}\n${files.join('\n')}\n${rule}\n\n${notice}\n`);
writeFileSync(new URL('LICENSE.txt', to), [`${intro}\n`, ...parts].join('\n'));
