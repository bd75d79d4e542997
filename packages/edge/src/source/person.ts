import { fileURLToPath } from 'node:url';
import type { Box } from '@facepipe/wire';
import { loadSprite, type Sprite } from './sprite.js';

/** How somebody holds their head: towards the camera, half away from it or leaning, and in profile. */
export type Pose = 'front' | 'turned' | 'side';

/** A photograph cut out of its background, and where a face detector sees the face in it, pixels. */
interface Cutout {
  file: string;
  face: Box;
}

/** Who may come. Not of everybody there is a photograph of each pose. */
interface Cast {
  front: Cutout;
  turned?: Cutout;
  side?: Cutout;
  /** Where they look in the poses that are not `front`: 1 to the right of the picture, −1 to the left. */
  towards: 1 | -1;
}

const cutout = (file: string, x: number, y: number, size: number): Cutout => ({
  file,
  face: { x, y, width: size, height: size },
});

// Boxes of frontalface_alt2 where it finds the face, else by eye, as large as the head is beside the one in front.
const casts: readonly Cast[] = [
  {
    front: cutout('man-blue-front', 155, 30, 128),
    turned: cutout('man-blue-turned', 150, 27, 128),
    side: cutout('man-blue-side', 116, 36, 128),
    towards: 1,
  },
  { front: cutout('officer', 78, 45, 128), towards: 1 },
  {
    front: cutout('woman-white-front', 89, 54, 124),
    turned: cutout('woman-white-turned', 51, 59, 127),
    side: cutout('woman-white-side', 4, 56, 99),
    towards: -1,
  },
  { front: cutout('astronaut', 151, 51, 98), towards: 1 },
  {
    front: cutout('man-palms-front', 159, 23, 122),
    turned: cutout('man-palms-turned', 98, 38, 128),
    side: cutout('man-palms-side', 52, 46, 128),
    towards: -1,
  },
  {
    front: cutout('woman-green-front', 56, 29, 128),
    turned: cutout('woman-green-tilted', 11, 38, 128),
    towards: -1,
  },
];

export const personCount = casts.length;

/** Width of somebody in front who turns away, where there is no photograph of it. */
const squeezes: Record<Pose, number> = { front: 1, turned: 0.9, side: 0.8 };

/** A pose as it is drawn. */
interface Figure {
  sprite: Sprite;
  /** Width beside the height of the photograph, as of 1. */
  squeeze: number;
  /** Where the figure looks unless it is mirrored; 0 for one seen from the front. */
  towards: -1 | 0 | 1;
}

export type Person = Record<Pose, Figure>;

export function photoPath(file: string): string {
  return fileURLToPath(new URL(`../../photos/${file}`, import.meta.url));
}

export async function loadPeople(): Promise<Person[]> {
  return Promise.all(casts.map(loadPerson));
}

async function loadPerson({ towards, ...poses }: Cast): Promise<Person> {
  const front = await load(poses.front);
  const figure = async (pose: 'turned' | 'side'): Promise<Figure> => {
    const own = poses[pose];
    if (own) return { sprite: await load(own), squeeze: 1, towards };
    return { sprite: front, squeeze: squeezes[pose], towards: 0 };
  };
  return {
    front: { sprite: front, squeeze: 1, towards: 0 },
    turned: await figure('turned'),
    side: await figure('side'),
  };
}

const load = ({ file, face }: Cutout): Promise<Sprite> => loadSprite(photoPath(`scene/${file}.webp`), face);
