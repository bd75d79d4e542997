import { type Clock, expectMembers, systemClock } from '@facepipe/service';
import type { FaceFacts, Status, VisitMessage } from '@facepipe/wire';
import { helpOf } from '../errors.js';
import type {
  ChartView,
  DeviceView,
  Hello,
  HopView,
  PictureView,
  ProblemView,
  Step,
  Update,
  VisitView,
} from '../protocol.js';
import { Collection } from './collection.js';
import { History, samples } from './history.js';
import { type Payload, Pictures } from './pictures.js';

/** What the page is told first, beside its own measures. */
export type FeedOptions = Omit<Hello, 'type' | 'now' | 'samples'> & { clock?: Clock };

/** A face, as far as one who tells of it knows it. */
export type SeenFace = Partial<Omit<PictureView, 'steps' | 'kept' | 'bytes'>> &
  Pick<PictureView, 'id' | 'device'> & { payload?: Payload };

/** A hop with what changed of it; its counts replace those of the same name. */
export type HopChange = Partial<HopView> & Pick<HopView, 'hop'>;

/** Devices, pictures, visits, hops and problems that are remembered, and bytes of pictures. */
const most = { devices: 20_000, pictures: 2000, visits: 500, hops: 64, problems: 200, bytes: 64 * 2 ** 20 };
/** Pictures that one visit names. */
const maxNamed = 20;

/** What a device says by its status of what waits and what is lost. */
const countOf = (totals: Record<string, number>, name: string): number | undefined => totals[name];

const defined = <T extends object>(value: T): Partial<T> =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<T>;

/** A picture's members of a face's metadata. */
export const pictureOf = (facts: FaceFacts): Omit<SeenFace, 'payload'> => {
  expectMembers('facts', facts, { id: 'text', device: 'text', captured: 'date', box: 'object' });
  const { id, device, track, role, captured, quality, qualityParts, verify, box, frameSize } = facts;
  const known = { visit: track, role, quality, parts: qualityParts, verify };
  return { id, device, captured: captured.getTime(), box, frame: frameSize, ...defined(known) };
};

/**
 * What the page shows: everything that is told of cameras, faces and programs, bounded, and what of it changed since
 * the viewers were told last.
 */
export class Feed {
  readonly #options: Omit<FeedOptions, 'clock'>;
  readonly #clock: Clock;
  readonly #devices = new Collection<DeviceView>(({ device }) => device, most.devices);
  readonly #pictures = new Collection<PictureView>(({ id }) => id, most.pictures);
  readonly #visits = new Collection<VisitView>(({ visit }) => visit, most.visits);
  readonly #hops = new Collection<HopView>(({ hop }) => hop, most.hops);
  readonly #problems = new Collection<ProblemView>(({ problem }) => String(problem), most.problems);
  readonly #payloads = new Pictures(most.bytes);
  readonly #history = new History();
  /** In the order in which they were made known, which is that of the way. */
  readonly #order: string[] = [];
  #problem = 0;
  #viewers = 0;
  #told = { viewers: 0, charts: 0 };

  /** @throws FACEPIPE_E_ARGUMENT */
  constructor(given: FeedOptions) {
    const flags = { video: 'boolean', objects: 'boolean' } as const;
    expectMembers('options', given, {
      version: 'text',
      mode: 'text',
      title: 'text',
      steps: 'list',
      ...flags,
    });
    const { clock = systemClock, ...options } = given;
    this.#options = options;
    this.#clock = clock;
  }

  get hello(): Hello {
    return { type: 'hello', ...this.#options, now: this.#clock.now(), samples };
  }

  /** People who look at the page. */
  get viewers(): number {
    return this.#viewers;
  }

  set viewers(viewers: number) {
    const tracking = viewers > 0;
    if (tracking !== this.#viewers > 0) {
      for (const part of [this.#devices, this.#pictures, this.#visits, this.#hops, this.#problems])
        part.track(tracking);
      this.#history.take();
    }
    this.#viewers = viewers;
  }

  /** A picture that is still kept. */
  payload(id: string): Payload | undefined {
    return this.#payloads.get(id);
  }

  picture(id: string): PictureView | undefined {
    return this.#pictures.get(id);
  }

  /** A face is known, or more is known of it. */
  face({ payload, ...face }: SeenFace): void {
    const before = this.#pictures.get(face.id);
    const picture: PictureView = {
      captured: this.#clock.now(),
      bytes: payload?.bytes.length ?? 0,
      ...(payload && { contentType: payload.contentType }),
      steps: {},
      ...before,
      ...face,
      kept: before?.kept ?? payload !== undefined,
    };
    const forgotten = this.#pictures.set(picture);
    if (forgotten) this.#payloads.delete(forgotten.id);
    for (const gone of payload ? this.#payloads.add(face.id, face.device, payload) : []) this.#unkept(gone);
    const device = this.#seen(face.device);
    this.#devices.set({ ...device, picture: face.id });
    const visit = face.visit === undefined ? undefined : this.#visits.get(face.visit);
    if (visit && !visit.pictures.includes(face.id))
      this.#visits.set({ ...visit, pictures: [...visit.pictures, face.id].slice(-maxNamed) });
  }

  /** A face came a step further. Of one that is not known nothing is remembered. @param at ms, default now */
  step(id: string, step: Step, { at = this.#clock.now(), key }: { at?: number; key?: string } = {}): void {
    const picture = this.#pictures.get(id);
    if (!picture || (picture.steps[step] !== undefined && key === undefined)) return;
    const steps = { ...picture.steps, [step]: picture.steps[step] ?? at };
    this.#pictures.set({ ...picture, steps, ...(key !== undefined && { key }) });
  }

  /** A face will never be stored. */
  dead(id: string, reason: string): void {
    const picture = this.#pictures.get(id);
    if (picture) this.#pictures.set({ ...picture, dead: reason });
  }

  visit(device: string, message: VisitMessage): void {
    const { visit, type, active } = message;
    const before = this.#visits.get(visit);
    const begin = Date.parse(message.begin);
    const after: VisitView = { frames: 0, pictures: [], ...before, visit, device, begin };
    if (message.type !== 'begin') {
      after.frames = message.frames;
      if (message.quality !== undefined) after.quality = Math.max(after.quality ?? 0, message.quality);
    }
    if (message.type === 'picture' && !after.pictures.includes(message.picture))
      after.pictures = [...after.pictures, message.picture].slice(-maxNamed);
    if (message.type === 'end') after.end = Date.parse(message.end);
    // one that is over already is not opened again by what comes late
    if (type === 'begin' && before) return;
    this.#visits.set(after);
    this.#devices.set({ ...this.#seen(device), active });
  }

  /** @param status undefined: it was cleared, and nothing is known of the device */
  status(device: string, status: Status | undefined): void {
    if (!status) {
      this.#devices.delete(device);
      return;
    }
    const { state, reason, version, totals, rates, active } = status;
    const { picture } = this.#devices.get(device) ?? {};
    const known = {
      reason,
      active: state === 'online' || reason !== undefined ? active : 0,
      outstanding: countOf(totals, 'spooled'),
      lost: countOf(totals, 'lost'),
      picture,
    };
    const since = Date.parse(status.since);
    const seen = this.#clock.now();
    if (state === 'offline' && reason === undefined) this.#endVisits(device, seen);
    this.#devices.set({ device, state, since, version, seen, totals, rates, ...defined(known) });
  }

  /** A hop is known, or something of it changed. */
  hop({ hop, ...change }: HopChange): void {
    const now = this.#clock.now();
    const before = this.#hops.get(hop) ?? { title: hop, state: 'unknown', since: now, counts: {} };
    const after: HopView = { ...before, ...change, hop, counts: { ...before.counts, ...change.counts } };
    if (after.state !== before.state) after.since = now;
    if (after.state === 'up') delete after.reason;
    // what explained another reason explains nothing now
    if (after.state === 'up' || (change.reason !== undefined && !change.help)) delete after.help;
    this.#hops.set(after);
    if (!this.#order.includes(hop)) this.#order.push(hop);
  }

  /** Something to know; one that is said again and again is kept once, with its last time. */
  problem(given: Omit<ProblemView, 'problem' | 'time' | 'help'>): void {
    const problem = { ...given, ...helpOf(given) };
    const same = this.#problems
      .all()
      .find(({ text, device }) => text === problem.text && device === problem.device);
    if (same) this.#problems.set({ ...same, time: this.#clock.now() });
    else this.#problems.set({ ...problem, problem: ++this.#problem, time: this.#clock.now() });
  }

  /** @param rate its values are counts, and what is shown is how many there are a second */
  chart(chart: ChartView, rate = false): void {
    this.#history.add(chart, rate);
  }

  /** One point of each chart. */
  sample(values: Readonly<Record<string, number | null>>): void {
    this.#history.sample(this.#clock.now(), values);
  }

  /** Everything, for a page that knows nothing. */
  state(): Update {
    return {
      type: 'state',
      now: this.#clock.now(),
      devices: this.#devices.all(),
      pictures: this.#pictures.all(),
      visits: this.#visits.all(),
      hops: this.#order.flatMap((hop) => this.#hops.get(hop) ?? []),
      charts: this.#history.charts,
      problems: this.#problems.all(),
      samples: this.#history.all(),
      viewers: this.#viewers,
    };
  }

  /** What changed since it was asked last; undefined: nothing. */
  patch(): Update | undefined {
    const devices = this.#devices.takeChanges();
    const pictures = this.#pictures.takeChanges();
    const visits = this.#visits.takeChanges();
    const gone = { devices: devices.gone, pictures: pictures.gone, visits: visits.gone };
    const lists = {
      devices: devices.changed,
      pictures: pictures.changed,
      visits: visits.changed,
      hops: this.#hops.takeChanges().changed,
      problems: this.#problems.takeChanges().changed,
    };
    const { charts } = this.#history;
    const points = this.#history.take();
    const changes = {
      ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
      ...(Object.values(gone).some(({ length }) => length > 0) && { gone }),
      ...(charts.length !== this.#told.charts && { charts }),
      ...(points && { samples: points }),
      ...(this.#viewers !== this.#told.viewers && { viewers: this.#viewers }),
    };
    this.#told = { viewers: this.#viewers, charts: charts.length };
    if (Object.keys(changes).length === 0) return undefined;
    return { type: 'patch', now: this.#clock.now(), ...changes };
  }

  /** That nothing changed. */
  nothing(): Update {
    return { type: 'patch', now: this.#clock.now() };
  }

  #seen(device: string): DeviceView {
    const before = this.#devices.get(device) ?? { device, state: 'unknown', totals: {}, rates: {} };
    return { ...before, seen: this.#clock.now() };
  }

  /** Of a program that is gone nobody tells the ends. */
  #endVisits(device: string, end: number): void {
    for (const visit of this.#visits.all())
      if (visit.device === device && visit.end === undefined) this.#visits.set({ ...visit, end });
  }

  #unkept(id: string): void {
    const picture = this.#pictures.get(id);
    if (picture) this.#pictures.set({ ...picture, kept: false });
  }
}
