import { cascadeNames, createDetector } from '@facepipe/core';

/** Larger pictures are scaled down before the search, so that a phone stays quick. */
const longestSide = 1280;

const element = (id) => document.getElementById(id);
const view = element('view');
const pen = view.getContext('2d', { willReadFrequently: true });
const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true });

let detector;
/** what is shown now: a picture, or a camera's stream; undefined at first */
let shown;

const tell = (text) => {
  element('message').textContent = text;
};

/** Draws the picture, looks for faces and frames them. */
async function look(picture, width, height) {
  const scale = Math.min(1, longestSide / Math.max(width, height));
  view.width = Math.round(width * scale);
  view.height = Math.round(height * scale);
  pen.drawImage(picture, 0, 0, view.width, view.height);
  const { data } = pen.getImageData(0, 0, view.width, view.height);
  const image = { data, width: view.width, height: view.height, format: 'rgba' };
  const minSize = Math.round(Math.min(view.width, view.height) / 12);
  const started = performance.now();
  const faces = await (await detector).detect(image, { minSize, minNeighbors: 4 });
  const ms = performance.now() - started;
  pen.lineWidth = Math.max(2, view.width / 200);
  pen.strokeStyle = '#00e000';
  for (const face of faces) pen.strokeRect(face.x, face.y, face.width, face.height);
  element('faces').replaceChildren(
    ...faces.map(({ x, y, width, height, neighbors }) => {
      const item = document.createElement('li');
      item.textContent = `x ${x}, y ${y}, ${width}×${height}, ${neighbors} neighbours`;
      return item;
    }),
  );
  const count = faces.length === 1 ? '1 face' : `${faces.length} faces`;
  tell(`${count} in ${ms.toFixed(1)} ms, ${view.width}×${view.height} pixels`);
}

function show(next) {
  if (shown instanceof MediaStream) for (const track of shown.getTracks()) track.stop();
  shown = next;
  element('camera').textContent = next instanceof MediaStream ? 'Stop the camera' : 'Start the camera';
}

async function showPicture(file) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    tell(`${file.name} is not a picture that this browser can read. JPEG, PNG and WebP are.`);
    return;
  }
  show(picture);
  await look(picture, picture.width, picture.height);
}

/** The camera's next picture, or the screen's next where the browser does not tell. */
const nextFrame = () =>
  new Promise((resolve) => {
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(resolve);
    else requestAnimationFrame(resolve);
  });

async function showCamera() {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: 'user', width: { ideal: 640 }, height: { ideal: 480 } },
  });
  show(stream);
  for (const track of stream.getTracks()) {
    track.onended = () => {
      show(undefined);
      tell('The camera has stopped.');
    };
  }
  video.srcObject = stream;
  await video.play();
  while (shown === stream) {
    await nextFrame();
    if (shown === stream) await look(video, video.videoWidth, video.videoHeight);
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

element('camera').onclick = () => {
  if (shown instanceof MediaStream) {
    show(undefined);
  } else if (!isSecureContext) {
    tell('Browsers give the camera to https:// and localhost only. Choose a picture instead.');
  } else {
    tell('Waiting for the camera …');
    showCamera().catch((error) => {
      if (shown instanceof MediaStream) show(undefined);
      explain(error);
    });
  }
};

element('picture').onchange = ({ target }) => {
  const [file] = target.files;
  if (file) showPicture(file).catch(explain);
  target.value = '';
};

document.ondragover = (event) => event.preventDefault();
document.ondrop = (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer.files;
  if (file) showPicture(file).catch(explain);
};

const cascade = element('cascade');
cascade.append(...cascadeNames.map((name) => new Option(name, name, false, name === 'frontalface_alt2')));

function makeDetector() {
  const former = detector;
  detector = createDetector({ cascade: cascade.value });
  detector.catch(explain);
  former?.then(
    (one) => one.close(),
    () => {},
  );
}

cascade.onchange = () => {
  makeDetector();
  if (shown instanceof ImageBitmap) look(shown, shown.width, shown.height).catch(explain);
};

makeDetector();
