// Which corners stay in registers from one feature to the next: neighbours in a cascade share many. A stage's features
// are put in an order in which each has as many of its corners at hand as possible.
import { former, kept, pairs } from './code-local';
import { at, get, LOAD, set, tee } from './code-writer';

const SLOTS: i32 = 8;
/** Corners found by their offset: offset or −1, uses that are left, slot or −1. A window has fewer, also twice. */
const PLACES: u32 = 4096;
const PLACE: usize = 12;
export const CORNER_BYTES: usize = 4096 * 12;

let places: usize = 0;
/** below the frame, for each slot: the corner in it, the one in it before this feature, whether it is new */
const SLOT_TABLE: usize = 256;
const SLOT: usize = 12;

function slotAt(slot: i32): usize {
  return SLOT_TABLE + <usize>slot * SLOT;
}

export function beginCorners(to: usize): void {
  places = to;
  for (let place: usize = 0; place < PLACES; place++) {
    store<i32>(places + place * PLACE, -1);
    store<i32>(places + place * PLACE, 0, 4);
    store<i32>(places + place * PLACE, -1, 8);
  }
  for (let slot = 0; slot < SLOTS; slot++) store<i32>(slotAt(slot), -1);
}

/** The number of the corner at that offset. */
export function cornerAt(offset: i32): i32 {
  let index: u32 = (((<u32>offset >> 2) * <u32>0x9e3779b1) >> 16) & (PLACES - 1);
  let place = places + <usize>index * PLACE;
  while (load<i32>(place) !== -1 && load<i32>(place) !== offset) {
    index = (index + 1) & (PLACES - 1);
    place = places + <usize>index * PLACE;
  }
  store<i32>(place, offset);
  return index;
}

function usesOf(corner: i32): i32 {
  return load<i32>(places + <usize>corner * PLACE, 4);
}

export function addUse(corner: i32, uses: i32): void {
  const at = places + <usize>corner * PLACE;
  store<i32>(at, load<i32>(at, 4) + uses, 4);
}

function slotOf(corner: i32): i32 {
  return load<i32>(places + <usize>corner * PLACE, 8);
}

export function isKept(corner: i32): bool {
  return slotOf(corner) >= 0;
}

/** The slot whose corner is least worth keeping, of those that are not new, or −1 if all are worth `uses`. */
function leastSlot(uses: i32): i32 {
  let best = -1;
  for (let slot = 0; slot < SLOTS; slot++) {
    if (load<i32>(slotAt(slot), 8)) continue;
    const corner = load<i32>(slotAt(slot));
    const worth = corner < 0 ? 0 : usesOf(corner);
    if (worth < uses) {
      uses = worth;
      best = slot;
    }
  }
  return best;
}

/** Chooses which of the feature's corners stay, and saves those of its own that give way. */
export function beginFeature(corners: usize, count: i32): void {
  for (let slot = 0; slot < SLOTS; slot++) {
    store<i32>(slotAt(slot), load<i32>(slotAt(slot)), 4);
    store<i32>(slotAt(slot), 0, 8);
  }
  for (let index = 0; index < count; index++) addUse(load<i32>(corners + ((<usize>index) << 2)), -1);
  for (let index = 0; index < count; index++) {
    const corner = load<i32>(corners + ((<usize>index) << 2));
    if (isKept(corner)) continue;
    const slot = leastSlot(usesOf(corner));
    if (slot < 0) continue;
    const old = load<i32>(slotAt(slot));
    if (old >= 0) store<i32>(places + <usize>old * PLACE, -1, 8);
    store<i32>(places + <usize>corner * PLACE, slot, 8);
    store<i32>(slotAt(slot), corner);
    store<i32>(slotAt(slot), 1, 8);
    if (old < 0 || !isAmong(old, corners, count)) continue;
    get(kept(slot));
    set(former(slot));
  }
}

function isAmong(corner: i32, corners: usize, count: i32): bool {
  for (let index = 0; index < count; index++) {
    if (load<i32>(corners + ((<usize>index) << 2)) === corner) return true;
  }
  return false;
}

/** The slot that held the corner before this feature, or −1. */
function formerSlot(corner: i32): i32 {
  for (let slot = 0; slot < SLOTS; slot++) if (load<i32>(slotAt(slot), 4) === corner) return slot;
  return -1;
}

/** Puts a corner of the feature on the stack: each once. */
export function corner(number: i32): void {
  const before = formerSlot(number);
  if (before >= 0) {
    get(load<i32>(slotAt(before), 8) ? former(before) : kept(before));
    return;
  }
  get(pairs);
  at(LOAD, load<u32>(places + <usize>number * PLACE));
  if (slotOf(number) >= 0) tee(kept(slotOf(number)));
}
