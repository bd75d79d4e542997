import { readFile } from 'node:fs/promises';
import { loadCascade } from '../dist/cascade.js';
import { cascadeNames } from '../dist/cascade-bundle.js';
import type { CascadeModel } from '../dist/cascade-model.js';
import { readCascade } from '../dist/cascade-read.js';
import { writeCascade } from '../dist/cascade-xml.js';
import type { DetectOptions } from '../dist/option.js';
import { spoiltBytes, spoiltWords } from './fuzz-bytes.js';
import { Dice } from './fuzz-dice.js';
import { hostileNumber, hostileValue, spoiltMembers } from './fuzz-hostile.js';
import { soundImage } from './fuzz-image.js';
import { disturbedModel, exactOnly, firstStages, inventedModel } from './fuzz-model.js';

/** One question to a detector, of which anything may be wrong. */
export interface FuzzCase {
  kind: 'bytes' | 'object' | 'options' | 'same';
  cascade: unknown;
  image: unknown;
  options: unknown;
  /** the same cascade for the exact code alone */
  exact?: Uint8Array;
  /** ask opencv-wasm too */
  reference: boolean;
}

const models = new Map<string, Promise<CascadeModel>>();

async function readModel(name: string): Promise<CascadeModel> {
  const file = name.startsWith('lbpcascade_') ? name : `haarcascade_${name}`;
  return readCascade(await readFile(new URL(`../../../models/${file}.xml`, import.meta.url), 'utf8'));
}

function trained(dice: Dice): Promise<CascadeModel> {
  const name = dice.one(cascadeNames);
  const model = models.get(name) ?? readModel(name);
  models.set(name, model);
  return model;
}

const bytesOf = (model: CascadeModel): Uint8Array => new TextEncoder().encode(writeCascade(model));

async function soundModel(dice: Dice): Promise<CascadeModel> {
  return dice.chance(60) ? inventedModel(dice) : disturbedModel(dice, await trained(dice));
}

function soundOptions(dice: Dice): DetectOptions {
  const size = () =>
    dice.chance(50) ? dice.between(1, 60) : { width: dice.between(1, 60), height: dice.between(1, 60) };
  return {
    scaleFactor: dice.one([1.05, 1.1, 1.1, 1.3, 2, 3.7]),
    minNeighbors: dice.one([0, 0, 0, 1, 3]),
    ...(dice.chance(15) && { minSize: size() }),
    ...(dice.chance(10) && { maxSize: 60 + dice.between(0, 300) }),
  };
}

function hostileOptions(dice: Dice): unknown {
  if (dice.chance(10)) return hostileValue(dice);
  const side = () => (dice.chance(30) ? hostileNumber(dice) : dice.between(0, 200));
  const size = () => (dice.chance(50) ? side() : { width: side(), height: side() });
  return spoiltMembers(dice, {
    ...soundOptions(dice),
    ...(dice.chance(50) && { minSize: size() }),
    ...(dice.chance(30) && { maxSize: size() }),
    ...(dice.chance(10) && { scaleFactor: hostileNumber(dice) }),
    ...(dice.chance(20) && { roi: { x: side(), y: side(), width: side(), height: side() } }),
    ...(dice.chance(20) && { maxFaces: side() }),
  });
}

/** The form that `loadCascade` gives, spoilt. */
async function compactBytes(dice: Dice, model: CascadeModel): Promise<Uint8Array> {
  const { bytes } = await loadCascade(bytesOf(model));
  return spoiltWords(dice, bytes.slice());
}

async function bytesCase(dice: Dice): Promise<Partial<FuzzCase>> {
  const whole = dice.chance(5) ? await trained(dice) : firstStages(await trained(dice), dice.between(1, 3));
  const model = dice.chance(70) ? whole : inventedModel(dice);
  const image = await soundImage(dice, model);
  if (dice.chance(40)) return { cascade: await compactBytes(dice, model), image };
  const xml = writeCascade(model);
  const bytes = spoiltBytes(dice, dice.chance(50) ? xml.replaceAll('<', '\n  <') : xml);
  return { cascade: bytes, image };
}

async function objectCase(dice: Dice): Promise<Partial<FuzzCase>> {
  const model = await soundModel(dice);
  const bytes = await compactBytes(dice, model);
  const cascade = dice.chance(40) ? hostileValue(dice) : spoiltMembers(dice, { name: 'fuzz', bytes });
  return { cascade, image: await soundImage(dice, model) };
}

async function optionsCase(dice: Dice): Promise<Partial<FuzzCase>> {
  const model = firstStages(await trained(dice), dice.between(1, 4));
  const sound = await soundImage(dice, model);
  const image = dice.chance(5)
    ? hostileValue(dice)
    : dice.chance(40)
      ? spoiltMembers(dice, { ...sound, ...(dice.chance(40) && { stride: dice.between(0, 400) }) })
      : sound;
  return { cascade: bytesOf(model), image, options: hostileOptions(dice) };
}

async function sameCase(dice: Dice): Promise<Partial<FuzzCase>> {
  const model = await soundModel(dice);
  return {
    cascade: bytesOf(model),
    image: await soundImage(dice, model),
    ...(model.kind === 'haar' && { exact: bytesOf(exactOnly(model)) }),
    reference: model.kind === 'lbp' || dice.chance(25),
  };
}

/** The case of that number: always the same one. */
export async function fuzzCase(number: number): Promise<FuzzCase> {
  const dice = new Dice(number);
  const kind = dice.one(['bytes', 'bytes', 'object', 'options', 'same', 'same', 'same'] as const);
  const make = { bytes: bytesCase, object: objectCase, options: optionsCase, same: sameCase }[kind];
  const made = await make(dice);
  return {
    kind,
    cascade: undefined,
    image: undefined,
    options: soundOptions(dice),
    reference: false,
    ...made,
  };
}
