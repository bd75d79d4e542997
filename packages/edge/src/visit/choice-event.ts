import type { PictureRole } from '@facepipe/wire';

/** What a choice decides. `visit` is the tracker's id; times are the caller's, ms. */
export type ChoiceEvent<Picture> =
  | { type: 'begin'; visit: number; begin: number }
  | { type: 'picture'; visit: number; role: PictureRole; quality: number; frames: number; picture: Picture }
  | {
      type: 'end';
      visit: number;
      begin: number;
      end: number;
      /** In which the face was seen. */
      frames: number;
      /** It never moved nor changed: perhaps a picture on a wall. Its place is remembered, and sends nothing again. */
      still: boolean;
      /** Sent; 0 where none was good enough. */
      pictures: number;
      /** Of the best picture there was; undefined where there was none. */
      quality: number | undefined;
    };
