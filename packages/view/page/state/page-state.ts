import type {
  ChartView,
  DeviceView,
  Hello,
  HopView,
  PictureView,
  ProblemView,
  Samples,
  Update,
  VisitView,
} from '../../src/protocol.js';
import { byName } from './fleet.js';
import { appended, noSamples } from './series.js';
import { latest, revised } from './table.js';

/** How the page stands with its server. */
type Connection =
  | { phase: 'connecting' }
  /** Not asked for more before somebody signs in. */
  | { phase: 'signed-out' }
  | { phase: 'open' }
  /** The next try is at `retryAt`, ms by the clock of this computer. */
  | { phase: 'lost'; retryAt: number }
  /** Nobody looks: the page comes back with the tab. */
  | { phase: 'resting' };

export interface PageState {
  connection: Connection;
  /** Whether somebody signed in. */
  canSignOut: boolean;
  hello?: Hello;
  /** Whether everything was told once since the page was opened. */
  told: boolean;
  /** By how many ms the server's clock is ahead of this computer's. */
  ahead: number;
  devices: ReadonlyMap<string, DeviceView>;
  pictures: ReadonlyMap<string, PictureView>;
  visits: ReadonlyMap<string, VisitView>;
  hops: ReadonlyMap<string, HopView>;
  charts: ReadonlyMap<string, ChartView>;
  /** The latest last. */
  problems: readonly ProblemView[];
  samples: Samples;
  viewers?: number;
}

export type PageEvent =
  | { type: 'session'; canSignOut: boolean }
  | { type: 'connection'; connection: Connection }
  /** What the server said, and when it came, by the clock of this computer. */
  | { type: 'message'; message: Hello | Update; at: number };

/** What a page keeps at most, whatever its server forgets. */
export const most = { devices: 20_000, pictures: 2000, visits: 2000, problems: 100 } as const;

export const initialState: PageState = {
  connection: { phase: 'connecting' },
  canSignOut: false,
  told: false,
  ahead: 0,
  devices: new Map(),
  pictures: new Map(),
  visits: new Map(),
  hops: new Map(),
  charts: new Map(),
  problems: [],
  samples: noSamples,
};

/** The state after an event. What is known stays while the connection is lost. */
export function reduce(state: PageState, event: PageEvent): PageState {
  if (event.type === 'session') return { ...state, canSignOut: event.canSignOut };
  if (event.type === 'connection') return { ...state, connection: event.connection };
  const { message, at } = event;
  if (message.type === 'hello') {
    return { ...state, connection: { phase: 'open' }, hello: message, ahead: message.now - at };
  }
  const ahead = message.now - at;
  if (message.type === 'patch') return { ...updated(state, message), ahead, told: true };
  const devices = message.devices?.toSorted(byName) ?? [];
  return { ...updated(blank(state), { ...message, devices }), ahead, told: true };
}

/** What a server tells anew after `hello`. */
function blank(state: PageState): PageState {
  const { connection, canSignOut, hello, told, ahead } = state;
  return { ...initialState, connection, canSignOut, ...(hello && { hello }), told, ahead };
}

function updated(state: PageState, update: Update): PageState {
  const { gone = {}, samples, viewers = state.viewers } = update;
  const devices = revised(state.devices, update.devices, ({ device }) => device, gone.devices);
  const pictures = revised(state.pictures, update.pictures, ({ id }) => id, gone.pictures);
  const visits = revised(state.visits, update.visits, ({ visit }) => visit, gone.visits);
  return {
    ...state,
    devices: latest(devices, most.devices, ({ seen }) => seen),
    pictures: latest(pictures, most.pictures, ({ captured }) => captured),
    visits: latest(visits, most.visits, ({ begin }) => begin),
    hops: revised(state.hops, update.hops, ({ hop }) => hop),
    charts: revised(state.charts, update.charts, ({ chart }) => chart),
    problems: update.problems ? withProblems(state.problems, update.problems) : state.problems,
    samples: samples
      ? appended(state.samples, samples, state.hello?.samples.most ?? samples.times.length)
      : state.samples,
    ...(viewers !== undefined && { viewers }),
  };
}

function withProblems(
  problems: readonly ProblemView[],
  more: readonly ProblemView[],
): readonly ProblemView[] {
  const table = revised(
    new Map(problems.map((known) => [known.problem, known])),
    more,
    ({ problem }) => problem,
  );
  return [...table.values()].sort((a, b) => a.time - b.time || a.problem - b.problem).slice(-most.problems);
}
