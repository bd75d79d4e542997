import { engineNames } from '@facepipe/core';
import { maxMessage, name } from './broker-flags.js';
import * as coerce from './coerce.js';
import { choice, group } from './group.js';
import { storeMode } from './sink-flags.js';

export const source = group('Source', {
  source: {
    type: 'string',
    describe:
      'v4l2 | 0, /dev/video0 or v4l2: with a path, a card’s name or its bus | webcam (node-webcam) | rtsp://… | http(s)://… | a video | an image, a folder, a glob | - (MJPEG on stdin) | demo; default: the first camera',
    coerce: coerce.text(),
  },
  'source-user': {
    type: 'string',
    describe: 'User name of an RTSP or HTTP camera, in place of one in the URL',
    coerce: coerce.text(),
  },
  'source-password-file': {
    type: 'string',
    describe: 'File whose first line is the camera’s password',
    coerce: coerce.text(),
  },
  control: {
    type: 'string',
    array: true,
    describe:
      'Setting of a v4l2 camera, as in power_line_frequency=1; repeatable; `facepipe devices` lists them',
    coerce: coerce.settings(),
  },
  width: { describe: 'Frame width to ask the source for, pixels', coerce: coerce.integer(1, 16384) },
  height: {
    describe: 'Frame height to ask the source for, pixels',
    coerce: coerce.integer(1, 16384),
  },
  fps: {
    describe: 'Frames per second to ask the source for',
    coerce: coerce.decimal(0, 1000, 'a number of frames per second greater than 0 and at most 1000'),
  },
  realtime: {
    type: 'boolean',
    describe:
      'Pace files and the demo scene like a camera, where the newest frame wins; --no-realtime keeps every frame',
  },
  'stall-timeout': {
    type: 'string',
    default: '5s',
    describe: 'Open a camera or a stream again after this time without a frame',
    coerce: coerce.duration(),
  },
  seed: { default: 1, describe: 'Which demo scene to play', coerce: coerce.integer(0, 0xffffffff) },
  frames: { describe: 'Stop after this many frames', coerce: coerce.integer(1) },
  duration: {
    type: 'string',
    describe: 'Stop after this time: 30s, 5m, 2h',
    coerce: coerce.duration(),
  },
});

/** The demo has something to show without a camera; nothing else plays a scene that was not asked for. */
export const demoSource = {
  ...source,
  source: { ...source.source, describe: `${source.source.describe}, else demo` },
};

/** OpenCV's own defaults, so that `facepipe detect` can be compared with `detectMultiScale`. */
export const detection = group('Detection', {
  cascade: {
    type: 'string',
    default: 'frontalface_default',
    describe:
      'Bundled cascade (frontalface_alt2, profileface, …) or OpenCV XML file, several joined with commas; list for all names',
    coerce: coerce.names(),
  },
  'scale-factor': {
    default: 1.1,
    describe: 'How much larger the window is at each next scale',
    coerce: coerce.decimal(1),
  },
  'min-neighbors': {
    defaultDescription: '3; 1 with --verify',
    describe: 'How many neighbours a face needs to be kept; 0 gives the raw candidates',
    coerce: coerce.integer(0, 1_000_000),
  },
  verify: {
    type: 'string',
    defaultDescription: 'off',
    describe:
      'Let a small network confirm what the cascades found, and place the box: on, off, or the least score from 0 to 1 (on: 0.5)',
    coerce: coerce.verify(),
  },
  'min-size': {
    type: 'string',
    describe: 'Smallest face, pixels: N or WxH',
    coerce: coerce.size(),
  },
  'max-size': { type: 'string', describe: 'Largest face, pixels: N or WxH', coerce: coerce.size() },
  engine: {
    ...choice(engineNames),
    default: 'simd',
    describe:
      'What computes the boxes: our own kernel, OpenCV compiled to WebAssembly, or the network BlazeFace, which has no cascade',
  },
  threads: {
    default: 1,
    describe:
      'Threads that share each picture; of use up to the number of cores. The engines opencv and blaze have only one',
    coerce: coerce.integer(1, 64),
  },
});

/** Where in the frames of a camera to look. */
const looking = group('Detection', {
  include: {
    type: 'string',
    array: true,
    describe:
      'Only faces whose middle is in this polygon, in fractions of the frame: "0.1,0.2 0.9,0.2 0.5,0.9"; repeatable',
    coerce: coerce.polygons(),
  },
  exclude: {
    type: 'string',
    array: true,
    describe: 'No faces whose middle is in this polygon; repeatable',
    coerce: coerce.polygons(),
  },
  'detect-width': {
    default: 640,
    describe: 'Look for faces in the picture made this wide, and cut them out of the full one; 0: full size',
    coerce: coerce.integer(0, 16384),
  },
});

/** What only a live source has. */
const motion = group('Detection', {
  motion: {
    ...choice(['auto', 'off']),
    default: 'auto',
    describe:
      'auto: of a live source, frames in which nothing moves are not searched, but for one a second; off: all are',
  },
});

/** Better for a camera than OpenCV's, of whose films this is: the measurement is in docs/detection.md. */
export const filmDetection = {
  ...detection,
  cascade: { ...detection.cascade, default: 'frontalface_alt2' },
  'min-neighbors': { ...detection['min-neighbors'], defaultDescription: '1; 4 with --verify off' },
  verify: { ...detection.verify, defaultDescription: 'on for cascades of faces, else off' },
  'min-size': { ...detection['min-size'], default: '30' },
  ...looking,
};

export const liveDetection = { ...filmDetection, ...motion };

/** What is sent of the faces that are found: docs/visits.md. */
export const visits = group('Visits', {
  send: {
    ...choice(['best', 'first', 'every']),
    default: 'best',
    describe:
      'What is sent: the best picture of each visit, its first good one, or every face in every frame. Of image files it is every',
  },
  'best-within': {
    type: 'string',
    default: '5s',
    describe:
      'The best picture so far is sent when a visit is this old; a clearly better one follows at its end',
    coerce: coerce.duration(),
  },
  resend: {
    type: 'string',
    describe: 'Of a visit that goes on, send one more picture each time, as in 10m; default: never',
    coerce: coerce.duration(),
  },
  'visit-gap': {
    type: 'string',
    default: '2s',
    describe: 'A visit is over when the face has been out of view for this long',
    coerce: coerce.duration(),
  },
  'min-quality': {
    default: 15,
    describe: 'Send no picture of a visit below this quality, 0 to 100',
    coerce: coerce.integer(0, 100),
  },
});

export const output = group('Output', {
  format: {
    ...choice(['png', 'jpeg', 'webp'], { jpg: 'jpeg' }),
    default: 'png',
    describe: 'Image format of a face',
  },
  quality: {
    default: 90,
    describe: 'JPEG and WebP quality, 1 to 100',
    coerce: coerce.integer(1, 100),
  },
  padding: {
    default: 0.3,
    describe: 'Margin around the box, as a fraction of its size: 0.3 has hair, chin and ears in the picture',
    coerce: coerce.fraction(4),
  },
  context: {
    describe:
      'With each picture also send the whole frame, this wide, with other faces and excluded areas pixelated; default: none',
    coerce: coerce.integer(64, 16384),
  },
});

export const delivery = group('Delivery', {
  until: {
    ...choice(['acked', 'stored']),
    default: 'acked',
    describe:
      'When a face leaves the spool: once its broker acknowledged it, or once the sink’s receipt says it is stored',
  },
  'receipt-timeout': {
    type: 'string',
    default: '60s',
    describe: 'With --until stored: publish a face again after this time without its receipt',
    coerce: coerce.duration(),
  },
  spool: {
    type: 'string',
    describe:
      'Folder where faces wait for their brokers; default: facepipe/spool/{name} in XDG_STATE_HOME or ~/.local/state',
    coerce: coerce.text(),
  },
  'spool-max': {
    type: 'string',
    default: '1GB',
    describe: 'Most bytes of faces in the spool',
    coerce: coerce.bytes(),
  },
  'spool-ttl': {
    type: 'string',
    default: '7d',
    describe: 'Discard a face after this time in the spool',
    coerce: coerce.duration(),
  },
  'spool-full': {
    ...choice(['drop-oldest', 'stop']),
    defaultDescription: 'drop-oldest; stop for files, which can wait',
    describe: 'Where the spool has no room: discard the oldest faces, or take no more until there is room',
  },
  'backlog-share': {
    default: 0.5,
    describe: 'Maximum share of in-flight publishes for the backlog while live faces wait, 0 to 1',
    coerce: coerce.fraction(1),
  },
  'max-message': {
    ...maxMessage,
    describe:
      'Make faces smaller that exceed this as MQTT messages, bytes; a smaller limit that a broker announces is kept too',
  },
});

export const demo = {
  ...group('Output', {
    data: {
      type: 'string',
      default: './facepipe-data',
      describe: 'Folder for everything the demo keeps; objects in bucket/',
      coerce: coerce.text(),
    },
    'store-mode': storeMode,
  }),
  name: { ...name, group: 'Output:', requiresArg: true },
};
export const detect = group('Output', {
  crops: { type: 'string', describe: 'Folder to write each face to', coerce: coerce.text() },
  annotate: {
    type: 'string',
    describe: 'Folder to write each picture to, with its faces framed',
    coerce: coerce.text(),
  },
});

export const explain = group('Output', {
  video: {
    type: 'string',
    describe:
      'File to write the clip to with its candidates and their fates drawn in, as in fates.mp4; needs ffmpeg',
    coerce: coerce.text(),
  },
  fps: {
    default: 25,
    describe: 'Frames per second of images and MJPEG, which have no times of their own',
    coerce: coerce.decimal(0, 1000, 'a number of frames per second greater than 0 and at most 1000'),
  },
});
