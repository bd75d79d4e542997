import { closeSync, constants as files, openSync } from 'node:fs';
import { constants, type RequestName, requestCode, type StructOf } from './layout.js';
import { Errno, type Libc, loadLibc } from './libc.js';
import { Struct } from './struct.js';

/** What a device says of itself. */
export interface DeviceIdentity {
  /** As in `/dev/video0`. */
  path: string;
  /** The maker's name for it. */
  card: string;
  driver: string;
  /** Where it is plugged in, as in `usb-0000:00:14.0-1`; two nodes of one camera have the same. */
  bus: string;
}

/** An open V4L2 device node. */
export class Device {
  readonly path: string;
  readonly fd: number;
  readonly libc: Libc;

  /** @throws Error with the `code` of open(2) */
  static async open(path: string): Promise<Device> {
    const libc = await loadLibc();
    return new Device(path, openSync(path, files.O_RDWR | files.O_NONBLOCK), libc);
  }

  private constructor(path: string, fd: number, libc: Libc) {
    this.path = path;
    this.fd = fd;
    this.libc = libc;
  }

  /** @throws Errno */
  call<R extends RequestName>(request: R, argument: Struct<StructOf<R>>): void {
    this.libc.ioctl(this.fd, requestCode(request), argument.bytes);
  }

  /** False where an enumeration ends or the driver knows no such request. @throws Errno for all else */
  ask<R extends RequestName>(request: R, argument: Struct<StructOf<R>>): boolean {
    try {
      this.call(request, argument);
      return true;
    } catch (error) {
      if (error instanceof Errno && (error.code === 'EINVAL' || error.code === 'ENOTTY')) return false;
      throw error;
    }
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** What a device node is for: one camera often shows a second node, for metadata, that takes no pictures. */
export type Purpose = 'capture' | 'multi-planar' | 'other';

/** @throws Errno ENOTTY when it is no V4L2 device */
export function identify(device: Device): DeviceIdentity & { purpose: Purpose } {
  const asked = new Struct('v4l2_capability');
  device.call('VIDIOC_QUERYCAP', asked);
  const all = asked.get('capabilities');
  // `capabilities` is of the whole camera, `device_caps` of this node
  const caps = all & constants.V4L2_CAP_DEVICE_CAPS ? asked.get('device_caps') : all;
  const streams = (caps & constants.V4L2_CAP_STREAMING) !== 0;
  const purpose =
    streams && caps & constants.V4L2_CAP_VIDEO_CAPTURE
      ? 'capture'
      : caps & constants.V4L2_CAP_VIDEO_CAPTURE_MPLANE
        ? 'multi-planar'
        : 'other';
  return {
    path: device.path,
    card: asked.text('card'),
    driver: asked.text('driver'),
    bus: asked.text('bus_info'),
    purpose,
  };
}
