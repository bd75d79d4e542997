// The kernel's fuzz throws the same dice.
export { Dice } from '../../../packages/core/dist-test/fuzz-dice.js';
