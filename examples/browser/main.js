import { cascadeNames, createDetector } from '@facepipe/core';
import { captureCamera } from './camera.js';
import { readOptions, watchOptions } from './options.js';
import { clearFaces, drawFaces, showFigures, tell } from './view.js';

const element = (id) => document.getElementById(id);

/** a promise, for there is always one that is being made */
let detector;
/** what is shown now: a picture, or a camera that is on; undefined at first */
let shown;

/** What is searched and shown: a snapshot, no larger than `side`, so that a phone stays quick. */
async function snapshot(picture, width, height, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
  const resize = { resizeWidth: size.width, resizeHeight: size.height, resizeQuality: 'medium' };
  return { image: await createImageBitmap(picture, resize), ...size };
}

/** Looks for faces in the picture, and shows it with them. */
async function look(picture, width, height) {
  const { side, minSize, ...search } = readOptions();
  const open = await detector;
  const begin = performance.now();
  const small = await snapshot(picture, width, height, side);
  const pixels = Math.round((Math.min(small.width, small.height) * minSize) / 100);
  const faces = await open.detect(small.image, { ...search, minSize: pixels });
  const ms = performance.now() - begin;
  drawFaces(small.image, small, faces);
  showFigures(open, small, faces, ms);
  small.image.close();
}

function show(next) {
  shown?.stop?.();
  shown = next;
  element('camera').textContent = next?.stop ? 'Stop the camera' : 'Start the camera';
}

async function showPicture(file) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    tell(`${file.name} is not a picture that this browser can read. JPEG, PNG and WebP are.`);
    return;
  }
  show({ again: () => look(picture, picture.width, picture.height) });
  await shown.again();
}

async function showCamera() {
  tell('Waiting for the camera …');
  const camera = await captureCamera(() => {
    show(undefined);
    tell('The camera has stopped.');
  });
  show(camera);
  // the next picture is taken when this one has been searched: none waits, and none is old
  while (shown === camera) {
    await camera.nextFrame();
    if (shown === camera) await look(camera.video, camera.video.videoWidth, camera.video.videoHeight);
  }
}

const refusals = {
  NotAllowedError:
    'The camera was refused. Allow it for this page in the browser’s address bar, or choose a picture.',
  NotFoundError: 'There is no camera here. Choose a picture instead.',
  NotReadableError: 'The camera is in use elsewhere. Close what uses it, or choose a picture.',
};

/** What went wrong, in words: the detector's errors say themselves what to do. */
const explain = (error) => tell(refusals[error.name] ?? error.message);

function makeDetector() {
  const former = detector;
  detector = createDetector({ cascade: element('cascade').value, worker: true, threads: 'auto' });
  detector.catch(explain);
  former?.then(
    (one) => one.close(),
    () => {},
  );
}

element('camera').onclick = () => {
  if (shown?.stop) {
    show(undefined);
    clearFaces();
    tell('');
  } else if (!isSecureContext) {
    tell('Browsers give the camera to https:// and localhost only. Choose a picture instead.');
  } else {
    showCamera().catch((error) => {
      if (shown?.stop) show(undefined);
      explain(error);
    });
  }
};

element('picture').onchange = ({ target }) => {
  const [file] = target.files;
  if (file) showPicture(file).catch(explain);
  target.value = '';
};

document.ondragover = (event) => {
  event.preventDefault();
  element('drop').classList.add('over');
};
document.ondragleave = ({ relatedTarget }) => {
  if (!relatedTarget) element('drop').classList.remove('over');
};
document.ondrop = (event) => {
  event.preventDefault();
  element('drop').classList.remove('over');
  const [file] = event.dataTransfer.files;
  if (file) showPicture(file).catch(explain);
};

const cascade = element('cascade');
cascade.append(
  ...cascadeNames.map(
    (name) => new Option(name, name, name === 'frontalface_alt2', name === 'frontalface_alt2'),
  ),
);
cascade.onchange = () => {
  makeDetector();
  shown?.again?.().catch(explain);
};

// of several changes while one search is under way the last one counts
let changed = false;
let searching = false;
watchOptions(async () => {
  changed = true;
  if (searching) return;
  searching = true;
  while (changed) {
    changed = false;
    await shown?.again?.().catch(explain);
  }
  searching = false;
});

makeDetector();
