const element = (id) => document.getElementById(id);
const canvas = element('view');
const pen = canvas.getContext('2d', { willReadFrequently: true });

/** when the latest pictures were searched: how many there are a second */
const times = [];

export const tell = (text) => {
  element('message').textContent = text;
};

/** The picture with a frame around each face. */
export function drawFaces(image, { width, height }, faces) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  pen.drawImage(image, 0, 0, width, height);
  pen.lineWidth = Math.max(2, width / 250);
  pen.strokeStyle = '#00e000';
  for (const face of faces) pen.strokeRect(face.x, face.y, face.width, face.height);
  canvas.hidden = false;
  element('empty').hidden = true;
}

/** Nothing is shown any more. */
export function clearFaces() {
  canvas.hidden = true;
  element('empty').hidden = false;
  element('faces').replaceChildren();
  for (const id of ['count', 'time', 'rate']) element(id).textContent = '–';
  times.length = 0;
}

function listOf(faces) {
  return faces.map(({ x, y, width, height, neighbors }) => {
    const item = document.createElement('li');
    item.textContent = `x ${x}, y ${y}, ${width}×${height}, ${neighbors} neighbours`;
    return item;
  });
}

/** How many there are, and how long it took. */
export function showFigures({ engine, threads }, { width, height }, faces, ms) {
  const now = performance.now();
  times.push(now);
  while (times[0] < now - 1000) times.shift();
  element('count').textContent = faces.length;
  element('time').textContent = ms.toFixed(ms < 100 ? 1 : 0);
  // one picture has no rate
  element('rate').textContent = times.length > 1 ? times.length : '–';
  element('faces').replaceChildren(...listOf(faces));
  const count = faces.length === 1 ? '1 face' : `${faces.length} faces`;
  tell(`${count} in ${ms.toFixed(1)} ms, ${width}×${height} pixels`);
  element('engine').textContent =
    `@facepipe/core, engine ${engine}, ${threads === 1 ? 'one thread' : `${threads} threads`}`;
}
