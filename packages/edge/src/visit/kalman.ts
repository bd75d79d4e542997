/** Estimate of one coordinate and of its velocity, with their covariance. */
export interface Estimate {
  value: number;
  /** Per second. */
  velocity: number;
  variance: number;
  covariance: number;
  velocityVariance: number;
}

/** Seconds in which a velocity that nobody sees any more falls to 1/e: a head does not go on for ever. */
const fading = 0.5;

/** An estimate from the first measurement; `spread` is the standard deviation of velocities, per second. */
export function firstEstimate(value: number, noise: number, spread: number): Estimate {
  return { value, velocity: 0, variance: noise ** 2, covariance: 0, velocityVariance: spread ** 2 };
}

/**
 * The estimate so many seconds later: a Kalman filter's prediction for constant velocity, as in SORT, with a velocity
 * that fades (Singer's model of manoeuvring targets, 1970), so that no step is too long for it.
 * @param agitation standard deviation of the acceleration, per second squared
 */
export function predicted(from: Estimate, seconds: number, agitation: number): Estimate {
  const keep = Math.exp(-seconds / fading);
  const reach = fading * (1 - keep);
  const { value, velocity, variance, covariance, velocityVariance } = from;
  // beyond the time of fading, what was unknown about the acceleration no longer adds up
  const free = Math.min(seconds, fading);
  const q = agitation ** 2;
  return {
    value: value + velocity * reach,
    velocity: velocity * keep,
    variance: variance + 2 * reach * covariance + reach ** 2 * velocityVariance + (q * free ** 4) / 4,
    covariance: keep * (covariance + reach * velocityVariance) + (q * free ** 3) / 2,
    velocityVariance: keep ** 2 * velocityVariance + q * free ** 2,
  };
}

/** The estimate after a measurement whose error has the standard deviation `noise`: a Kalman filter's update. */
export function corrected(from: Estimate, measured: number, noise: number): Estimate {
  const total = from.variance + noise ** 2;
  const gain = from.variance / total;
  const velocityGain = from.covariance / total;
  const surprise = measured - from.value;
  return {
    value: from.value + gain * surprise,
    velocity: from.velocity + velocityGain * surprise,
    variance: (1 - gain) * from.variance,
    covariance: (1 - gain) * from.covariance,
    velocityVariance: from.velocityVariance - velocityGain * from.covariance,
  };
}
