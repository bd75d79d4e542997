/** What the cloud and a site are made of. `store` is the S3 server, where it is one's own. */
export const parts = ['edge', 'forward', 'cloud', 'sink', 'store'] as const;
export type Part = (typeof parts)[number];

/** What a fleet sends. */
export interface Load {
  devices: number;
  /** Faces a second over all of them. */
  rate: number;
  /** Of a face. */
  kilobytes: number;
}

/** A load, and how many cores each part was seen to take of it. */
export interface Point extends Load {
  cores: Record<Part, number>;
}

/** Seconds of a core. */
export interface Cost {
  /** A second, of the program itself, and of each device that is connected to it and finds nothing. */
  base: number;
  device: number;
  face: number;
  kilobyte: number;
}
export type Costs = Record<Part, Cost>;

/**
 * What a face and its bytes cost at each part, of three points: nothing found, small faces, large ones. What measures
 * below nothing counts as nothing.
 */
export function costsOf(idle: Point, small: Point, large: Point): Costs {
  const cost = (part: Part): Cost => {
    // devices are connected to the broker of the edge: what the others do meanwhile, they do for themselves
    const device = part === 'edge' ? idle.cores[part] / idle.devices : 0;
    const base = part === 'edge' ? 0 : idle.cores[part];
    const each = ({ cores, devices, rate }: Point) =>
      Math.max(0, (cores[part] - base - device * devices) / Math.max(rate, Number.EPSILON));
    const kilobyte = Math.max(0, (each(large) - each(small)) / (large.kilobytes - small.kilobytes));
    return { base, device, kilobyte, face: Math.max(0, each(small) - kilobyte * small.kilobytes) };
  };
  return {
    edge: cost('edge'),
    forward: cost('forward'),
    cloud: cost('cloud'),
    sink: cost('sink'),
    store: cost('store'),
  };
}

/** The same with a face's cost as another point shows it: programs that have more to do at once do it cheaper. */
export function costsAt(costs: Costs, point: Point): Costs {
  const cost = (part: Part): Cost => {
    const { base, device, kilobyte } = costs[part];
    const each = (point.cores[part] - base - device * point.devices) / point.rate;
    return { base, device, kilobyte, face: Math.max(0, each - kilobyte * point.kilobytes) };
  };
  const [edge, forward, cloud, sink, store] = parts.map(cost) as [Cost, Cost, Cost, Cost, Cost];
  return { edge, forward, cloud, sink, store };
}

/** Cores that a part takes of a load. */
export const coresOf = ({ base, device, face, kilobyte }: Cost, { devices, rate, kilobytes }: Load): number =>
  base + device * devices + rate * (face + kilobyte * kilobytes);

/** Faces a second that a part carries with so many cores. */
export const rateOf = (
  { base, device, face, kilobyte }: Cost,
  cores: number,
  { devices, kilobytes }: Pick<Load, 'devices' | 'kilobytes'>,
): number => Math.max(0, cores - base - device * devices) / (face + kilobyte * kilobytes);

/** What is assumed of cameras and places, and what it is planned with. */
export interface Assumptions {
  /** Faces a second of a camera when it is busy, and over a day and night. */
  peak: number;
  mean: number;
  kilobytes: number;
  /** Cameras of a site, which share a broker and a forwarder. */
  perSite: number;
  /** Of a core, that is planned with. */
  share: number;
  /** Cores of a machine in the cloud. */
  cores: number;
  /** Days that a face is kept in the bucket. */
  days: number;
  /** Dollars for a thousand PUT requests, and for a gigabyte in the bucket a month. */
  put: number;
  gigabyteMonth: number;
}

export interface Need {
  /** Faces a second, busiest. */
  rate: number;
  objectsDay: number;
  gigabytesDay: number;
  megabits: number;
  sites: number;
  /** Of a core at each site: broker and forwarder. */
  site: number;
  brokers: number;
  sinks: number;
  machines: number;
  /** Dollars a month. */
  puts: number;
  storage: number;
  /** Seconds until the backlog of a second's outage of everybody is gone, at the mean rate. */
  recovery: number;
}

const dayLong = 86_400;
const month = 30;

/** What so many cameras need. Brokers, forwarders and sinks use one core each: more of them is more of these. */
export function needOf(costs: Costs, cameras: number, assumed: Assumptions): Need {
  const { peak, mean, kilobytes, perSite, share, put, gigabyteMonth, days } = assumed;
  const rate = cameras * peak;
  // devices are connected to their site; the cloud has a forwarder of each
  const sites = Math.ceil(cameras / perSite);
  const atSite = { devices: perSite, rate: perSite * peak, kilobytes };
  const inCloud = { devices: sites, rate, kilobytes };
  const needed = (part: Part) => Math.ceil(coresOf(costs[part], inCloud) / share);
  const [brokers, sinks] = [needed('cloud'), needed('sink')];
  const objectsDay = cameras * mean * dayLong;
  const gigabytesDay = (objectsDay * kilobytes) / 1e6;
  const capacity = rateOf(costs.sink, sinks, { devices: 0, kilobytes });
  return {
    rate,
    objectsDay,
    gigabytesDay,
    megabits: (rate * kilobytes * 8) / 1000,
    sites,
    site: coresOf(costs.edge, atSite) + coresOf(costs.forward, atSite),
    brokers,
    sinks,
    machines: Math.ceil((brokers + sinks) / assumed.cores),
    puts: (objectsDay * month * put) / 1000,
    storage: gigabytesDay * days * gigabyteMonth,
    recovery: recoveryOf(1, cameras * mean, capacity),
  };
}

/** Seconds until the backlog of an outage is gone, while as much is found as before; never where that is too much. */
export function recoveryOf(outage: number, rate: number, capacity: number): number {
  return capacity > rate ? (outage * rate) / (capacity - rate) : Number.POSITIVE_INFINITY;
}

/** Dollars a month for one camera's PUTs: a face each, or an object for all faces of so many seconds. */
export function putsOf(rate: number, put: number, bundle = 0): number {
  const objects = bundle > 0 ? Math.min(rate, 1 / bundle) : rate;
  return (objects * dayLong * month * put) / 1000;
}
