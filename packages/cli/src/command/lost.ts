import type { FaceCaptureOptions } from '@facepipe/edge/capture/face-capture';
import type { Session } from './session.js';

/** Says that faces are not kept when that begins, and which ones they were when it is over. */
export function tellLost(log: Session['log']): Required<Pick<FaceCaptureOptions, 'onRefused' | 'onLost'>> {
  return {
    onRefused: (reason) => log.error(`a face was not kept: ${reason.message}`),
    onLost: ({ faces, from, to, reason }) => {
      const what = faces === 1 ? '1 face' : `${faces} faces`;
      const where = from === to ? `frame ${from}` : `frames ${from} to ${to}`;
      log.error({ code: reason.code }, `lost ${what} of ${where}: ${reason.message}`);
    },
  };
}
