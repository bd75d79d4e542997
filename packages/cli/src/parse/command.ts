import type { InferredOptionTypes, Options } from 'yargs';
import * as broker from './broker-flags.js';
import * as capture from './capture-flags.js';
import * as common from './common-flags.js';
import { sink } from './sink-flags.js';
import * as view from './view-flags.js';

export interface CommandSpec {
  /** One sentence for `--help`. */
  readonly describe: string;
  readonly flags: Record<string, Options>;
  /** The name of the positional arguments, where the command takes any. */
  readonly positional?: { readonly name: string; readonly describe: string };
  /** Lines that work when pasted, each with what it does. */
  readonly examples: readonly (readonly [line: string, does: string])[];
}

/** Every command with its flags: the parser, `--help` and docs/commands.md are made from this table. */
export const commands = {
  demo: {
    describe: 'Run the whole pipeline in one process: camera scene, two brokers, forwarder, sink, folder',
    flags: {
      ...capture.demoSource,
      ...capture.liveDetection,
      ...capture.visits,
      ...capture.output,
      ...capture.demo,
      ...view.usualPage,
      ...common.common,
    },
    examples: [
      ['facepipe demo', 'watch faces travel until Ctrl-C'],
      ['facepipe demo --frames 100 --json', 'a hundred frames, then the totals as JSON'],
    ],
  },
  capture: {
    describe: 'Find faces in a source and publish each one to one or more brokers',
    flags: {
      ...capture.source,
      ...capture.liveDetection,
      ...capture.visits,
      ...broker.publish,
      ...capture.delivery,
      ...capture.output,
      ...view.page,
      ...common.health,
      ...common.common,
    },
    examples: [
      ['facepipe capture', 'the first camera; start a broker on 127.0.0.1 and publish there'],
      ['facepipe capture --source clip.mp4 --broker mqtt://127.0.0.1', 'the faces of a video'],
      [
        'ffmpeg -i clip.mp4 -c:v mjpeg -f mjpeg - | facepipe capture --source -',
        'any program that writes MJPEG',
      ],
      ['facepipe capture --broker mqtt://edge --until stored', 'keep each face until it is in the bucket'],
      ['facepipe capture --view 8091', 'see it happen at http://127.0.0.1:8091'],
    ],
  },
  log: {
    describe: 'Print one line for every face and receipt on a broker',
    flags: { ...broker.subscribe, ...broker.log, ...common.health, ...common.common },
    examples: [
      ['facepipe log --json | jq .box', 'where the faces were'],
      ['facepipe log --audit', 'until Ctrl-C, then which faces were not stored'],
    ],
  },
  forward: {
    describe: 'Carry faces from one broker to another, and the receipts back',
    flags: { ...broker.forward, ...common.health, ...common.common },
    examples: [
      [
        'facepipe forward --to mqtts://cloud.example:8883 --to-username edge7 --to-password-file pw',
        'edge to cloud',
      ],
    ],
  },
  view: {
    describe: 'Serve a page that shows everything on a broker: devices, faces as they arrive, what is stored',
    flags: {
      ...broker.subscribe,
      ...view.broker,
      ...view.store,
      ...view.usualPage,
      ...common.common,
    },
    examples: [
      ['facepipe view', 'the broker on this machine, at http://127.0.0.1:8090'],
      ['facepipe view --broker mqtt://edge --store s3://my-faces', 'a fleet, and its bucket'],
      ['facepipe view --view 0.0.0.0:8092 --view-token-file token', 'for others too, who enter the token'],
    ],
  },
  sink: {
    describe: 'Write faces from a broker into S3 or a folder',
    flags: { ...broker.subscribe, ...sink, ...common.common },
    examples: [
      ['facepipe sink --store s3://my-faces/site1', 'credentials from the AWS default chain'],
      ['facepipe sink --store file:///var/lib/faces', 'into a folder'],
    ],
  },
  broker: {
    describe: 'Run the embedded MQTT 3.1.1 broker with its queues on disk, where there is no mosquitto',
    flags: { ...broker.broker, ...common.common },
    examples: [['facepipe broker --data /var/lib/facepipe-broker', 'on 127.0.0.1:1883']],
  },
  detect: {
    describe: 'Find the faces in image files',
    flags: { ...capture.detection, ...capture.detect, ...common.common },
    positional: { name: 'image', describe: 'Image file, folder or glob' },
    examples: [
      ['facepipe detect photo.jpg', 'a table of faces'],
      ['facepipe detect *.jpg --json --cascade frontalface_alt2', 'one JSON object a picture'],
    ],
  },
  explain: {
    describe: 'Say of each candidate in a clip why it was sent, or why it was not',
    flags: { ...capture.filmDetection, ...capture.visits, ...capture.explain, ...common.common },
    positional: { name: 'clip', describe: 'Video file, image, or folder of images' },
    examples: [
      ['facepipe explain clip.mp4', 'a table of candidates and their fates, and how many of each there are'],
      ['facepipe explain clip.mp4 --video fates.mp4', 'the same to look at'],
      [
        `facepipe explain clip.mp4 --json | jq -c '.candidates[]? | select(.fate == "poor-quality")'`,
        'one JSON object a frame, the totals last',
      ],
    ],
  },
  health: {
    describe:
      'Ask a running capture, forward, log or sink on this machine how it is: exit code 0, or 1 and why',
    flags: { ...common.ask, ...common.common },
    examples: [
      ['facepipe health', 'is the sink ready?'],
      ['facepipe health --port 9465 --live', 'does it live, whatever else is offline?'],
    ],
  },
  devices: {
    describe: 'List the cameras that can capture (Linux), with formats, sizes, rates and controls',
    flags: { ...common.common },
    examples: [
      ['facepipe devices', 'what --source v4l2:… and --control can be'],
      ['facepipe devices --json | jq -r .path', 'one JSON object a camera'],
    ],
  },
} as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof commands;
export type CommandOptions<N extends CommandName> = InferredOptionTypes<(typeof commands)[N]['flags']>;
