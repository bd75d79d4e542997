import { createRandom, pick, type Random } from '../../../packages/edge/dist/source/random.js';

export { createRandom, pick, type Random };

/** From `low` up to, without, `high`. */
export const between = (random: Random, low: number, high: number): number => low + random() * (high - low);

/** The random numbers of a test, the same in every run; FACEPIPE_FUZZ_SEED asks others. */
export const testRandom = (): Random => createRandom(Number(process.env.FACEPIPE_FUZZ_SEED ?? 1));
