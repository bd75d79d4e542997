import type { Cascade } from './cascade.js';
import type { Classifier, Engine } from './engine.js';
import { engineFailed } from './error.js';
import type { Face } from './face.js';
import type { GrayImage } from './image.js';
import { keeper } from './keeper.js';
import type { Search } from './option.js';
import { Coder } from './simd-coder.js';
import { bytesFor } from './simd-frame.js';
import { clipFaces, emptyHits, groupHits, type Hits } from './simd-group.js';
import { compileKernel, instantiateKernel } from './simd-module.js';
import { mergeShares, Searcher } from './simd-search.js';
import { planner } from './simd-task.js';
import type { Team } from './simd-team.js';
import type { GiveUp } from './thread-count.js';
import { version } from './version.js';
import type { KernelSource } from './wasm-module.js';

const name = `simd ${version}`;

async function openClassifier(
  module: WebAssembly.Module,
  cascade: Cascade,
  threads: number,
  giveUp: GiveUp,
): Promise<Classifier> {
  const searcher = await keeper(async () => new Searcher(await instantiateKernel(module), cascade));
  const planAlone = planner(searcher.value.window, 1);
  const planTogether = planner(searcher.value.window, threads);
  // loaded on demand: one thread needs none of it
  const teams = threads > 1 ? await import('./simd-team.js') : undefined;
  const openTeam = async () => teams?.openTeam(module, cascade, threads - 1, giveUp);
  const merged = emptyHits();
  const coder = new Coder();
  let team = await openTeam();
  /** calls that have not ended, and the end of the last one */
  let calls = 0;
  let last: Promise<unknown> = Promise.resolve();

  function searchAlone(image: GrayImage, search: Search): Hits {
    let taken = 0;
    return searcher.for(bytesFor(image)).search(image, planAlone(image, search), search.scores, () => taken++)
      .hits;
  }

  async function searchTogether(team: Team, image: GrayImage, search: Search): Promise<Hits> {
    const plan = planTogether(image, search);
    const { take, shares } = team.begin(image, search, coder.code);
    const ours = async () => searcher.for(bytesFor(image)).search(image, plan, search.scores, take);
    // also when one fails: the next call finds all threads idle
    const [own, others] = await Promise.allSettled([ours(), shares]);
    if (own.status === 'rejected') throw own.reason;
    if (others.status === 'rejected') throw others.reason;
    return mergeShares([own.value, ...others.value], merged);
  }

  async function detect(image: GrayImage, search: Search): Promise<Face[]> {
    try {
      if (team?.broken) {
        void team.close();
        team = await openTeam();
      }
      const start = performance.now();
      const hits = team ? await searchTogether(team, image, search) : searchAlone(image, search);
      const faces = clipFaces(groupHits(hits, search.minNeighbors), image);
      await coder.after(searcher.value, performance.now() - start);
      return search.scores ? faces : faces.map(({ score: _, ...face }) => face);
    } catch (error) {
      throw engineFailed(name, image, error);
    }
  }

  return {
    get threads() {
      return 1 + (team?.size ?? 0);
    },
    detect(image, search) {
      if (!team) return detect(image, search);
      // one that begins at once has read its pixels when this returns
      const atOnce = calls === 0 && !team.broken;
      const held = atOnce ? image : { ...image, data: image.data.slice() };
      const call = atOnce ? detect(held, search) : last.then(() => detect(held, search));
      calls++;
      last = call.catch(() => {}).then(() => calls--);
      return call;
    },
    get engine() {
      return coder.isRefused ? `${name} (tables)` : name;
    },
    async close() {
      coder.close();
      await team?.close();
    },
  };
}

/** The kernel of this package: WebAssembly SIMD. @throws FACEPIPE_E_ENGINE_UNAVAILABLE */
export async function openSimd(source?: KernelSource): Promise<Engine> {
  const module = await compileKernel(source);
  return { name, open: (cascade, threads, giveUp) => openClassifier(module, cascade, threads, giveUp) };
}
