// The kernel's fuzz throws the same dice.
export { Dice } from '../../../packages/core/dist/fuzz-dice.test.support.js';
