// What a page has that shows a picture: each is handed to a detector as it is.

/** The element once it has its picture. */
async function imageOf(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}

function canvasOf(canvas, picture) {
  canvas.getContext('2d').drawImage(picture, 0, 0);
  return canvas;
}

/** A video that shows what is drawn into a canvas. */
async function videoOf(picture) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: picture.width, height: picture.height });
  const video = document.createElement('video');
  Object.assign(video, { muted: true, srcObject: canvas.captureStream(30) });
  // a stream has no frame until something is drawn
  const drawing = setInterval(() => canvasOf(canvas, picture), 20);
  await video.play();
  clearInterval(drawing);
  return video;
}

/** The picture in the planes of a camera's format, its colours left out. */
function frameOf(format, { data, width, height }, options = {}) {
  const luma = Uint8Array.from({ length: width * height }, (_, at) => data[4 * at]);
  const bytes = new Uint8Array(1.5 * luma.length).fill(128);
  bytes.set(luma);
  return new VideoFrame(bytes, { format, codedWidth: width, codedHeight: height, timestamp: 0, ...options });
}

const pixelsOf = (picture) =>
  canvasOf(new OffscreenCanvas(picture.width, picture.height), picture)
    .getContext('2d')
    .getImageData(0, 0, picture.width, picture.height);

/** What can be made here of each kind, by name. All show the photograph; `grey` ones its red as grey. */
async function makeInputs(photo) {
  const bitmap = await createImageBitmap(await (await fetch(photo)).blob());
  const { width, height } = bitmap;
  const pixels = pixelsOf(bitmap);
  const inputs = { ImageData: pixels, ImageBitmap: bitmap };
  inputs.OffscreenCanvas = canvasOf(new OffscreenCanvas(width, height), bitmap);
  inputs.transferred = await createImageBitmap(inputs.OffscreenCanvas);
  if (globalThis.document) {
    inputs.HTMLImageElement = await imageOf(photo);
    inputs.HTMLCanvasElement = canvasOf(
      Object.assign(document.createElement('canvas'), { width, height }),
      bitmap,
    );
    inputs.HTMLVideoElement = await videoOf(bitmap);
  }
  if (globalThis.VideoFrame) {
    inputs.VideoFrame = new VideoFrame(bitmap, { timestamp: 0 });
    inputs['VideoFrame RGBA'] = new VideoFrame(pixels.data, {
      ...{ format: 'RGBA', codedWidth: width, codedHeight: height, timestamp: 0 },
    });
    inputs['grey I420'] = frameOf('I420', pixels);
    inputs['grey NV12'] = frameOf('NV12', pixels);
  }
  return { pixels, inputs };
}

function end(input) {
  input.close?.();
  const canvas = input.getContext?.('2d');
  canvas?.clearRect(0, 0, input.width, input.height);
}

/**
 * What a detector finds in each input, which is closed or cleared as soon as the call has returned, and in the pixels
 * themselves; and the same of the verifier.
 */
export async function detectInputs({ createDetector, createVerifier }, { photo, options, search, boxes }) {
  const detector = await createDetector(options);
  const verifier = await createVerifier({ model: 'short' });
  const { pixels, inputs } = await makeInputs(photo);
  const { data, width, height } = pixels;
  const raw = { data: data.slice(), width, height, format: 'rgba' };
  const grey = { data: Uint8Array.from({ length: width * height }, (_, at) => data[4 * at]), width, height };
  const look = async (image) => ({
    faces: await detector.detect(image, search),
    verdicts: await verifier.verify(image, boxes),
  });
  const answers = { raw: await look(raw), grey: await look({ ...grey, format: 'gray' }) };
  for (const [name, input] of Object.entries(inputs)) {
    const faces = detector.detect(input, search);
    const verdicts = verifier.verify(input, boxes);
    end(input);
    answers[name] = await Promise.all([faces, verdicts]).then(
      ([faces, verdicts]) => ({ faces, verdicts }),
      ({ code, message }) => ({ code, message }),
    );
  }
  await Promise.all([detector.close(), verifier.close()]);
  return answers;
}

const outcome = (run) =>
  run.then(
    (value) => ({ value }),
    ({ name, code, message }) => ({ name, code, message }),
  );

/** What a detector says to inputs without a picture, or with one, `foreign`, that may not be read. */
export async function refusals({ createDetector }, { photo, foreign, options }) {
  const detector = await createDetector(options);
  const { inputs, pixels } = await makeInputs(photo);
  const { ImageBitmap: bitmap, VideoFrame: frame } = inputs;
  const canvas = new OffscreenCanvas(64, 64);
  structuredClone(canvas, { transfer: [canvas] });
  const tainted = canvasOf(
    Object.assign(document.createElement('canvas'), { width: 64, height: 64 }),
    await imageOf(foreign),
  );
  const closing = frameOf('I420', pixels);
  const wrong = {
    'a new video': document.createElement('video'),
    'a new image': new Image(),
    'a canvas without a side': Object.assign(document.createElement('canvas'), { width: 0 }),
    'a canvas that was given away': canvas,
    'a closed bitmap': bitmap,
    'a closed frame': frame,
    'a closed frame with planes': closing,
    'an image of another origin': await imageOf(foreign),
    'a canvas of another origin': tainted,
    'a bitmap of another origin': await createImageBitmap(tainted),
    'an element without pixels': document.body,
  };
  for (const closed of [bitmap, frame, closing]) closed.close();
  // last of all: it must not have loaded when it is handed over
  wrong['an image that loads'] = Object.assign(new Image(), { src: `${photo}?${Math.random()}` });
  const calls = Object.entries(wrong).map(([name, input]) => [name, outcome(detector.detect(input))]);
  const said = {};
  for (const [name, call] of calls) said[name] = await call;
  // the canvas that drawing goes through is not spoilt by pixels that it may not read
  said.afterwards = await outcome(detector.detect(inputs.HTMLImageElement, { minSize: 60 }));
  await detector.close();
  return said;
}

/** What a verifier says to a frame whose colours follow another recommendation, and to its planes with them named. */
export async function colours({ createVerifier }, { photo, boxes }) {
  const verifier = await createVerifier({ model: 'short' });
  const { pixels } = await makeInputs(photo);
  const { data, width, height } = pixels;
  const planes = new Uint8Array(1.5 * width * height);
  for (let at = 0; at < width * height; at++) planes[at] = data[4 * at + 1];
  planes.fill(110, width * height, 1.25 * width * height);
  planes.fill(150, 1.25 * width * height);
  const colorSpace = { matrix: 'bt709', fullRange: true, primaries: 'bt709', transfer: 'bt709' };
  const size = { codedWidth: width, codedHeight: height };
  const frame = new VideoFrame(planes, { format: 'I420', ...size, timestamp: 0, colorSpace });
  const image = { data: planes, width, height, format: 'i420' };
  const said = {
    frame: await verifier.verify(frame, boxes),
    named: await verifier.verify({ ...image, matrix: 'bt709', range: 'full' }, boxes),
    plain: await verifier.verify(image, boxes),
  };
  frame.close();
  await verifier.close();
  return said;
}

/** What detectors here and in threads of their own find in pictures, and how often pixels are read here. */
export async function reads({ createDetector }, { photo, search }) {
  const image = await imageOf(photo);
  const canvas = Object.assign(document.createElement('canvas'), {
    width: image.naturalWidth,
    height: image.naturalHeight,
  });
  const inputs = { image, canvas: canvasOf(canvas, image), bitmap: await createImageBitmap(image) };
  let count = 0;
  const { getImageData } = OffscreenCanvasRenderingContext2D.prototype;
  OffscreenCanvasRenderingContext2D.prototype.getImageData = function (...box) {
    count++;
    return getImageData.apply(this, box);
  };
  const said = {};
  for (const worker of [false, true]) {
    const detector = await createDetector({ worker });
    for (const [name, input] of Object.entries(inputs)) {
      count = 0;
      const faces = await detector.detect(input, search);
      said[`${name} ${worker ? 'there' : 'here'}`] = { faces, count };
    }
    await detector.close();
  }
  OffscreenCanvasRenderingContext2D.prototype.getImageData = getImageData;
  return said;
}
