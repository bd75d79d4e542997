import { parseArgs } from 'node:util';
import type { ImageFormat } from '@facepipe/wire';

export interface FleetOptions {
  devices: number;
  /** Faces a second over all devices. */
  rate: number;
  format: ImageFormat;
  quality: number;
  /** Formats that are sent after it at the same rate, the last of them at half of it too: what a model is made of. */
  also: ImageFormat[];
  /** Of each stretch that is measured. */
  seconds: number;
  /** Raise the rate until the backlog grows, and go beyond. */
  knee: boolean;
  /** Seconds that a tenth of the devices is away in turn, and then all of them; 0: never. */
  outage: number;
  /** Count the syncs of every hop; nothing else is to be read from such a run. */
  syncs: boolean;
  /** A file for the figures as JSON. */
  json: string | undefined;
  /** Where the devices' spools are. */
  spools: string;
}

const formats: readonly ImageFormat[] = ['png', 'jpeg', 'webp'];

export function fleetOptions(args: string[]): FleetOptions {
  const { values } = parseArgs({
    args,
    options: {
      devices: { type: 'string', default: '200' },
      rate: { type: 'string', default: '40' },
      format: { type: 'string', default: 'png' },
      quality: { type: 'string', default: '90' },
      also: { type: 'string', multiple: true, default: [] },
      seconds: { type: 'string', default: '30' },
      knee: { type: 'boolean', default: false },
      outage: { type: 'string', default: '0' },
      syncs: { type: 'boolean', default: false },
      json: { type: 'string' },
      spools: { type: 'string', default: '/dev/shm' },
    },
  });
  const formatOf = (name: string): ImageFormat => {
    const format = formats.find((known) => known === name);
    if (!format) throw new Error(`a format is one of ${formats.join(', ')}`);
    return format;
  };
  const number = (name: 'devices' | 'rate' | 'quality' | 'seconds' | 'outage'): number => {
    const value = Number(values[name]);
    if (Number.isNaN(value) || value < 0) throw new Error(`--${name} is a number`);
    return value;
  };
  return {
    devices: number('devices'),
    rate: number('rate'),
    format: formatOf(values.format),
    also: values.also.map(formatOf),
    quality: number('quality'),
    seconds: number('seconds'),
    knee: values.knee,
    outage: number('outage'),
    syncs: values.syncs,
    json: values.json,
    spools: values.spools,
  };
}
