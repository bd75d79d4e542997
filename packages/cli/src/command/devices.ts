import { surveyCameras } from '@facepipe/edge/v4l2';
import type { CommandOptions } from '../parse/command.js';
import { cameraJson, cameraText } from '../print/camera.js';
import type { Session } from './session.js';

/** Lists the cameras; those that may not be opened are named on stderr with the reason. */
export async function devices(_: CommandOptions<'devices'>, { json, log, out }: Session): Promise<void> {
  const { cameras, refused } = await surveyCameras();
  for (const camera of cameras) out(json ? cameraJson(camera) : cameraText(camera));
  for (const { message } of refused) log.warn(message);
  if (cameras.length === 0 && refused.length === 0) log.info('this machine has no V4L2 camera');
}
