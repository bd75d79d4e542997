import type { Device } from './device.js';
import { bytesOf, type CameraFormat, cameraFormats, copyPicture, type PlaneLayout } from './format.js';
import { constants } from './layout.js';
import { Errno, type Mapping, type Watch } from './libc.js';
import type { Choice } from './negotiate.js';
import { rounded } from './offer.js';
import { Struct } from './struct.js';

/** What the driver granted, which need not be what was asked. */
export interface Granted extends PlaneLayout {
  format: CameraFormat;
  /** Frames a second; undefined where the driver does not say. */
  fps: number | undefined;
}

/** One picture out of the driver. */
export interface Shot {
  /** Rows packed, in the granted format; the receiver's own. */
  data: Buffer;
  /** The driver's count of frames; a gap is a frame that it dropped. */
  sequence: number;
  /** Milliseconds since 1970, by the driver's clock. */
  taken: number;
}

/** A buffer that the driver has filled and given back. */
interface Filled {
  index: number;
  /** Bytes. */
  used: number;
  broken: boolean;
  sequence: number;
  taken: number;
}

/** Enough that the driver fills one while one is copied and two wait. */
const buffers = 4;

const capture = constants.V4L2_BUF_TYPE_VIDEO_CAPTURE;

/**
 * Sets format and rate. `undefined` when the driver insists on a format that is not read.
 * @throws Errno EBUSY when another program streams
 */
export function configure(device: Device, { format, width, height, fps }: Choice): Granted | undefined {
  const asked = new Struct('v4l2_format').set('type', capture);
  asked.set('fmt.pix.width', width).set('fmt.pix.height', height);
  asked.set('fmt.pix.pixelformat', format.code).set('fmt.pix.field', constants.V4L2_FIELD_NONE);
  device.call('VIDIOC_S_FMT', asked);
  const granted = cameraFormats.find(({ code }) => code === asked.get('fmt.pix.pixelformat'));
  const picture = {
    width: asked.get('fmt.pix.width'),
    height: asked.get('fmt.pix.height'),
    stride: asked.get('fmt.pix.bytesperline'),
  };
  if (!granted) return undefined;
  const packed = picture.width * (granted.planes[0]?.[0] ?? 0);
  // a driver that leaves it out pads no rows
  picture.stride = Math.max(picture.stride, packed);
  if (!Number.isInteger(bytesOf(granted, picture))) return undefined;
  return { ...picture, format: granted, fps: setRate(device, fps) };
}

function setRate(device: Device, fps: number | undefined): number | undefined {
  const asked = new Struct('v4l2_streamparm').set('type', capture);
  if (!device.ask('VIDIOC_G_PARM', asked)) return undefined;
  if (fps !== undefined && asked.get('parm.capture.capability') & constants.V4L2_CAP_TIMEPERFRAME) {
    asked.set('parm.capture.timeperframe.numerator', 1000);
    asked.set('parm.capture.timeperframe.denominator', Math.round(fps * 1000));
    device.ask('VIDIOC_S_PARM', asked);
  }
  const [seconds, frames] = [
    asked.get('parm.capture.timeperframe.numerator'),
    asked.get('parm.capture.timeperframe.denominator'),
  ];
  return seconds > 0 && frames > 0 ? rounded(frames / seconds) : undefined;
}

/** A device that streams into memory shared with the kernel. Close it, or the camera stays taken. */
export class Stream {
  readonly #device: Device;
  readonly #granted: Granted;
  readonly #mappings: Mapping[] = [];
  #watch: Watch | undefined;
  /** One struct for every exchange: nothing is allocated for a frame but its pixels. */
  readonly #buffer = new Struct('v4l2_buffer');
  #sequence: number | undefined;
  readonly #started = performance.now();
  /** Frames the driver had no buffer for, by the gaps in its count. */
  dropped = 0;
  /** Frames with the driver's mark of an error, or too short. */
  corrupt = 0;
  /** Frames that a newer one replaced before anyone could take them. */
  skipped = 0;

  /** @throws Errno EBUSY when another program streams */
  constructor(device: Device, granted: Granted) {
    this.#device = device;
    this.#granted = granted;
    try {
      const asked = new Struct('v4l2_requestbuffers').set('count', buffers).set('type', capture);
      device.call('VIDIOC_REQBUFS', asked.set('memory', constants.V4L2_MEMORY_MMAP));
      for (let index = 0; index < asked.get('count'); index++) {
        device.call('VIDIOC_QUERYBUF', this.#select(index));
        const [length, offset] = [this.#buffer.get('length'), this.#buffer.get('m.offset')];
        this.#mappings.push(device.libc.map(device.fd, length, offset));
        this.#queue(index);
      }
      device.call('VIDIOC_STREAMON', new Struct('int').set('', capture));
      // not sooner: to be asked for readiness before it has buffers makes a driver start its read() emulation
      this.#watch = device.libc.watch(device.fd);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #select(index: number): Struct<'v4l2_buffer'> {
    this.#buffer.bytes.fill(0);
    return this.#buffer.set('index', index).set('type', capture).set('memory', constants.V4L2_MEMORY_MMAP);
  }

  #queue(index: number): void {
    this.#device.call('VIDIOC_QBUF', this.#select(index));
  }

  #dequeue(): Filled | undefined {
    const buffer = this.#select(0);
    try {
      this.#device.call('VIDIOC_DQBUF', buffer);
    } catch (error) {
      if (error instanceof Errno && error.code === 'EAGAIN') return undefined;
      throw error;
    }
    const sequence = buffer.get('sequence');
    const age = ageOf(buffer);
    // a count that goes back was started anew
    if (this.#sequence !== undefined) this.dropped += Math.max(0, sequence - this.#sequence - 1);
    // what lies between a picture from before the start and the next one was not ours to take
    this.#sequence = performance.now() - age < this.#started ? undefined : sequence;
    return {
      index: buffer.get('index'),
      used: buffer.get('bytesused'),
      broken: (buffer.get('flags') & constants.V4L2_BUF_FLAG_ERROR) !== 0,
      sequence,
      taken: Date.now() - age,
    };
  }

  /** Undefined, and counted, when the picture is not whole. */
  #copy({ index, used, broken, sequence, taken }: Filled): Shot | undefined {
    const memory = this.#mappings[index]?.bytes;
    const { format } = this.#granted;
    if (!memory || broken || used === 0 || used < bytesOf(format, this.#granted)) {
      this.corrupt += 1;
      return undefined;
    }
    return { data: copyPicture(format, this.#granted, memory.subarray(0, used)), sequence, taken };
  }

  /**
   * The pictures, until `signal` is aborted.
   * @param newest true: of several that wait, only the last
   * @throws Errno ENODEV when the camera is unplugged
   */
  async *shots(signal: AbortSignal, newest: boolean): AsyncGenerator<Shot> {
    while (!signal.aborted) {
      let filled = this.#dequeue();
      if (!filled) {
        await this.#watch?.ready(signal);
        continue;
      }
      for (let newer = newest && this.#dequeue(); newer; newer = this.#dequeue()) {
        this.#queue(filled.index);
        this.skipped += 1;
        filled = newer;
      }
      const shot = this.#copy(filled);
      this.#queue(filled.index);
      if (shot) yield shot;
    }
  }

  close(): void {
    this.#watch?.close();
    for (const step of [
      () => this.#device.call('VIDIOC_STREAMOFF', new Struct('int').set('', capture)),
      ...this.#mappings.map((mapping) => () => mapping.unmap()),
      () => this.#device.close(),
    ]) {
      try {
        step();
      } catch {
        // an unplugged camera refuses STREAMOFF, and there is nothing left to stop
      }
    }
  }
}

/**
 * Milliseconds since the picture was taken. Drivers stamp with the clock of process.hrtime; another one's says nothing.
 */
function ageOf(buffer: Struct<'v4l2_buffer'>): number {
  const clock = buffer.get('flags') & constants.V4L2_BUF_FLAG_TIMESTAMP_MASK;
  if (clock !== constants.V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC) return 0;
  const stamped = buffer.get('timestamp.tv_sec') * 1e3 + buffer.get('timestamp.tv_usec') / 1e3;
  return Math.max(0, Number(process.hrtime.bigint()) / 1e6 - stamped);
}
