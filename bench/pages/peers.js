// Detectors of faces that npm has, each as its README says, asked by bench/src/peers.ts: one in a page of its own. What
// they are given is a canvas; what they give is how many faces there are.

const modules = '/node_modules';
/** As in bench/src/detect.ts, where a detector has it. */
const search = { scaleFactor: 1.1, minNeighbors: 3, minSize: 30 };

/** What is no module: it leaves its names behind. */
function script(address) {
  return new Promise((resolve, reject) => {
    const element = document.createElement('script');
    Object.assign(element, { src: address, onload: resolve, onerror: () => reject(new Error(address)) });
    document.head.append(element);
  });
}

const pixelsOf = (canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);

async function facepipe(options, how = search) {
  const { createDetector } = await import(`${modules}/@facepipe/core/bundle/index.js`);
  const detector = await createDetector(options);
  return async (canvas) => (await detector.detect(canvas, how)).length;
}

async function openCv() {
  await script(`${modules}/@techstark/opencv-js/dist/opencv.js`);
  let { cv } = globalThis;
  // what it is otherwise has a `then` that never ends
  if (cv instanceof Promise) cv = await cv;
  while (!cv.Mat) await new Promise((resolve) => setTimeout(resolve, 1));
  const file = await fetch('/haarcascade_frontalface_alt2.xml');
  cv.FS_createDataFile('/', 'face.xml', new Uint8Array(await file.arrayBuffer()), true, false, false);
  const classifier = new cv.CascadeClassifier();
  classifier.load('face.xml');
  const least = new cv.Size(search.minSize, search.minSize);
  return async (canvas) => {
    const [colours, gray, faces] = [cv.imread(canvas), new cv.Mat(), new cv.RectVector()];
    cv.cvtColor(colours, gray, cv.COLOR_RGBA2GRAY);
    classifier.detectMultiScale(gray, faces, search.scaleFactor, search.minNeighbors, 0, least);
    const count = faces.size();
    for (const held of [colours, gray, faces]) held.delete();
    return count;
  };
}

async function tracking() {
  await script(`${modules}/tracking/build/tracking-min.js`);
  await script(`${modules}/tracking/build/data/face-min.js`);
  const tracker = new globalThis.tracking.ObjectTracker('face');
  tracker.setInitialScale(search.minSize / 20);
  tracker.setScaleFactor(search.scaleFactor);
  return (canvas) =>
    new Promise((resolve) => {
      tracker.once('track', ({ data }) => resolve(data.length));
      tracker.track(pixelsOf(canvas).data, canvas.width, canvas.height);
    });
}

async function jsfeat() {
  await script(`${modules}/jsfeat/build/jsfeat-min.js`);
  await script(`${modules}/jsfeat/cascades/frontalface.js`);
  const { haar, imgproc, matrix_t: Matrix, U8C1_t: grey } = globalThis.jsfeat;
  const cascade = haar.frontalface;
  return async (canvas) => {
    const { width, height } = canvas;
    const gray = new Matrix(width, height, grey);
    imgproc.grayscale(pixelsOf(canvas).data, width, height, gray);
    const [sum, squares, tilted] = [1, 2, 3].map(() => new Int32Array((width + 1) * (height + 1)));
    imgproc.compute_integral_image(gray, sum, squares, cascade.tilted ? tilted : null);
    const { scaleFactor, minSize } = search;
    const how = [width, height, cascade, scaleFactor, minSize / 20];
    const hits = haar.detect_multi_scale(sum, squares, tilted, null, ...how);
    return haar.group_rectangles(hits, 1).filter(({ neighbors }) => neighbors > search.minNeighbors).length;
  };
}

/** The network of `TinyFaceDetector`, as it is without a graphics card: in WebAssembly. */
async function faceApi() {
  const faces = await import(`${modules}/@vladmandic/face-api/dist/face-api.esm.js`);
  faces.tf.setWasmPaths(`${modules}/@tensorflow/tfjs-backend-wasm/dist/`);
  await faces.tf.setBackend('wasm');
  await faces.tf.ready();
  await faces.nets.tinyFaceDetector.loadFromUri(`${modules}/@vladmandic/face-api/model`);
  const options = new faces.TinyFaceDetectorOptions();
  return async (canvas) => (await faces.detectAllFaces(canvas, options)).length;
}

const peers = {
  'facepipe frontalface_alt2': () => facepipe({ cascade: 'frontalface_alt2' }),
  'facepipe blaze short': () => facepipe({ engine: 'blaze', model: 'short' }, {}),
  'opencv-js frontalface_alt2': openCv,
  tracking,
  jsfeat,
  'face-api tiny': faceApi,
};

async function draw(photo, width, height) {
  const image = new Image();
  image.src = photo;
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const scale = Math.max(width / image.width, height / image.height);
  const [wide, high] = [image.width * scale, image.height * scale];
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.drawImage(image, (width - wide) / 2, (height - high) / 2, wide, high);
  return canvas;
}

/** How many faces one finds, and milliseconds: until the first were found, and of every further time. */
globalThis.measure = async ({ name, photo, width, height, rounds }) => {
  const canvas = await draw(photo, width, height);
  const begin = performance.now();
  const detect = await peers[name]();
  const faces = await detect(canvas);
  const first = performance.now() - begin;
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await detect(canvas);
    times.push(performance.now() - start);
  }
  return { faces, first, times };
};
globalThis.peerNames = Object.keys(peers);
