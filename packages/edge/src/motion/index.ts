export { LookRate } from './look-rate.js';
export { createMotionGate, type MotionGate, type MotionGateOptions, type Search } from './motion-gate.js';
