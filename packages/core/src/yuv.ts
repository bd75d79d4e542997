import { argumentError, expectOneOf } from './argument.js';

/** Which of ITU-R's recommendations says how red, green and blue become brightness and two colours. */
export type YuvMatrix = 'bt601' | 'bt709' | 'bt2020';

/** Whether black is 16 and white 235, or they are 0 and 255. */
export type YuvRange = 'limited' | 'full';

/** Of formats with brightness and two colours. */
export interface YuvColours {
  matrix?: YuvMatrix;
  range?: YuvRange;
}

/** Shares of red and of blue in the brightness: BT.601-7 2.5.1, BT.709-6 3.2, BT.2020-2 table 4. */
const shares: Readonly<Record<YuvMatrix, readonly [red: number, blue: number]>> = {
  bt601: [0.299, 0.114],
  bt709: [0.2126, 0.0722],
  bt2020: [0.2627, 0.0593],
};

/** What one step of brightness and of the two colours is worth, in 1/2²⁰ of a step of red, green and blue. */
export interface YuvWeights {
  /** the brightness of black */
  black: number;
  y: number;
  /** of U in blue and green, and of V in green and red */
  ub: number;
  ug: number;
  vg: number;
  vr: number;
}

export const shift = 20;

/** Of BT.601 in the limited range OpenCV's own: modules/imgproc/src/color_yuv.simd.hpp (ITUR_BT_601_…). */
const opencv: YuvWeights = {
  black: 16,
  y: 1_220_542,
  ub: 2_116_026,
  ug: -409_993,
  vg: -852_492,
  vr: 1_673_527,
};

/** Whether they are those of OpenCV's cvtColor. */
export const isOpenCv = ({ matrix = 'bt601', range = 'limited' }: YuvColours): boolean =>
  matrix === 'bt601' && range === 'limited';

/** The recommendations' equations solved for red, green and blue. */
export function yuvWeights(colours: YuvColours): YuvWeights {
  if (isOpenCv(colours)) return opencv;
  const { matrix = 'bt601', range = 'limited' } = colours;
  const [red, blue] = shares[matrix];
  const green = 1 - red - blue;
  const one = 2 ** shift;
  // 219 steps from black to white, and 224 from end to end of a colour
  const [black, light, colour] =
    range === 'full' ? [0, one, one] : [16, (one * 255) / 219, (one * 255) / 224];
  return {
    black,
    y: Math.round(light),
    ub: Math.round(colour * 2 * (1 - blue)),
    ug: Math.round((-colour * 2 * (1 - blue) * blue) / green),
    vg: Math.round((-colour * 2 * (1 - red) * red) / green),
    vr: Math.round(colour * 2 * (1 - red)),
  };
}

/**
 * What differs from the default, so that of most images it is nothing.
 * @throws FACEPIPE_E_ARGUMENT for a value that there is not, and where the format has red, green and blue or grey
 */
export function expectYuvColours(image: { matrix?: unknown; range?: unknown }, format: string): YuvColours {
  const hasColours = ['yuyv', 'nv12', 'i420'].includes(format);
  for (const name of ['matrix', 'range'] as const) {
    if (image[name] !== undefined && !hasColours)
      throw argumentError(
        `nothing (${format} has no brightness apart from colours)`,
        `image.${name}`,
        image[name],
      );
  }
  const { matrix = 'bt601', range = 'limited' } = image;
  const colours = {
    matrix: expectOneOf('image.matrix', matrix, Object.keys(shares) as YuvMatrix[]),
    range: expectOneOf('image.range', range, ['limited', 'full'] satisfies YuvRange[] as YuvRange[]),
  };
  return isOpenCv(colours) ? {} : colours;
}
