import type { CaptureOptions } from '@facepipe/edge/capture';
import { isCamera, openSource, type SourceOptions } from '@facepipe/edge/source';

/**
 * Opens a source; a camera or a stream is to be opened again where it falls silent.
 * @throws what `openSource` throws
 */
export async function openCamera(
  spec: string,
  options: SourceOptions & { stall: number },
): Promise<Pick<CaptureOptions, 'source' | 'stall'>> {
  // at one frame in ten seconds, five without one are no silence
  const stall = Math.max(options.stall, options.fps === undefined ? 0 : 2000 / options.fps);
  const source = await openSource(spec, { ...options, stall });
  return { source, ...(isCamera(spec) && { stall }) };
}
