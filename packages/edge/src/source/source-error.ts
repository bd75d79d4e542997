import { defineErrors } from '@facepipe/service';

/** Errors of everything frames come from; docs/errors.md is made from this table. */
export const sourceErrors = {
  FACEPIPE_E_SOURCE_SPEC: {
    exit: 2,
    message: '{source} is not a source: {problem}.',
    remedy:
      'Use demo, v4l2, v4l2:/dev/video0 (or 0), webcam, rtsp://…, http(s)://…, a video or image file, a folder, a glob, or - for MJPEG on standard input.',
  },
  FACEPIPE_E_SOURCE_OPTION: {
    exit: 2,
    message: 'Expected {expected} for {option} but received {value}.',
    remedy: 'Give another value, or leave it out for the default.',
  },
  FACEPIPE_E_SOURCE_NONE: {
    exit: 3,
    message: 'There is no camera here, and no --source was given.',
    remedy:
      'Plug a camera in, or name what to look at with --source: an rtsp:// or http:// URL, a video, a folder of pictures, or demo for the built-in scene.',
  },
  FACEPIPE_E_SOURCE_NOT_FOUND: {
    exit: 3,
    message: 'There is no file, folder or device {source}.',
    remedy: 'Check the spelling and the current folder.',
  },
  FACEPIPE_E_SOURCE_UNREADABLE: {
    exit: 3,
    message: '{source} cannot be read: {reason}.',
    remedy: 'Check that it is a regular file or a folder and that this user may read it.',
  },
  FACEPIPE_E_SOURCE_NOT_AN_IMAGE: {
    exit: 3,
    message: '{source} is not an image: {reason}.',
    remedy: 'Give a JPEG, PNG, WebP, GIF, TIFF or AVIF file, or a video that ffmpeg can read.',
  },
  FACEPIPE_E_SOURCE_EMPTY: {
    exit: 3,
    message: '{source} has no frames: {reason}.',
    remedy: 'Give a source with at least one picture.',
  },
  FACEPIPE_E_SOURCE_STALLED: {
    exit: 3,
    message: '{source} sent nothing for {seconds} seconds.',
    remedy: 'Check that the camera is on and reachable from here.',
  },
  FACEPIPE_E_SOURCE_ENDED: {
    exit: 3,
    message: '{source} ended.',
    remedy: 'Check that the camera is on and reachable from here.',
  },
  FACEPIPE_E_SOURCE_HTTP: {
    exit: 3,
    message: '{source} cannot be read: {reason}.',
    remedy: 'Check the address, and what a browser shows there.',
  },
  FACEPIPE_E_SOURCE_LOGIN: {
    exit: 3,
    message: '{source} {problem}.',
    remedy: 'Give --source-user and --source-password-file.',
  },
  FACEPIPE_E_SOURCE_TERMINAL: {
    exit: 2,
    message: 'Standard input is a terminal, not a stream of JPEG pictures.',
    remedy:
      'Pipe MJPEG into the program, as in: ffmpeg -i clip.mp4 -c:v mjpeg -f mjpeg - | facepipe capture --source -',
  },
  FACEPIPE_E_IMAGE_CORRUPT: {
    exit: 3,
    message: '{source} is broken or cut short: {reason}.',
    remedy: 'Copy or download the file again.',
  },
  FACEPIPE_E_IMAGE_HEVC: {
    exit: 3,
    message: '{source} is a HEIC picture: its HEVC coding is patented, and no decoder for it is included.',
    remedy:
      'Convert it to JPEG first, as in: heif-convert photo.heic photo.jpg; iPhones send JPEG where Camera, Formats is set to Most Compatible.',
  },
  FACEPIPE_E_IMAGE_TOO_LARGE: {
    exit: 3,
    message: '{source} has {width}×{height} pixels, more than the {limit} megapixels that are decoded.',
    remedy: 'Scale it down first.',
  },
  FACEPIPE_E_FFMPEG_MISSING: {
    exit: 3,
    message: '{source} is read with ffmpeg, which is not installed.',
    remedy:
      'Install it (Debian, Ubuntu: sudo apt-get install ffmpeg; macOS: brew install ffmpeg; Windows: winget install ffmpeg) and see that it is on PATH.',
  },
  FACEPIPE_E_FFMPEG_FAILED: {
    exit: 3,
    message: 'ffmpeg cannot read {source}: {reason}.',
    remedy: 'Check the address and the credentials, or that the file is a video.',
  },
  FACEPIPE_E_CAMERA_PLATFORM: {
    exit: 3,
    message: 'V4L2 cameras cannot be read here: {reason}.',
    remedy:
      'Use --source webcam (node-webcam), or let ffmpeg read the camera and pipe it: ffmpeg … -c:v mjpeg -f mjpeg - | facepipe capture --source -',
  },
  FACEPIPE_E_CAMERA_NOT_FOUND: {
    exit: 3,
    message: 'There is no camera {source}{found}.',
    remedy: '`facepipe devices` lists the cameras there are; see that it is plugged in.',
  },
  FACEPIPE_E_CAMERA_AMBIGUOUS: {
    exit: 3,
    message: 'Several cameras have {wanted} in their names: {found}.',
    remedy: 'Give the whole name, the place where it is plugged in, or the path: v4l2:/dev/video0.',
  },
  FACEPIPE_E_CAMERA_PERMISSION: {
    exit: 3,
    message: '{user} may not open {source}.',
    remedy: '{remedy}',
  },
  FACEPIPE_E_CAMERA_BUSY: {
    exit: 3,
    message: '{source} is in use by {holder}.',
    remedy: 'End that program, or use another camera: `facepipe devices` lists them.',
  },
  FACEPIPE_E_CAMERA_KIND: {
    exit: 3,
    message: '{source} is not a camera: {problem}.',
    remedy: '`facepipe devices` lists the cameras there are.',
  },
  FACEPIPE_E_CAMERA_FORMAT: {
    exit: 3,
    message: '{source} offers {offered}; what is read is {read}.',
    remedy:
      'Let another program convert the pictures and pipe them: ffmpeg -f v4l2 -i /dev/video0 -c:v mjpeg -f mjpeg - | facepipe capture --source -',
  },
  FACEPIPE_E_CAMERA_GONE: {
    exit: 3,
    message: '{source} is not there any more.',
    remedy: 'Plug it in again, and see that the cable and the hub hold.',
  },
  FACEPIPE_E_CAMERA_FAILED: {
    exit: 3,
    message: '{source} failed ({reason}).',
    remedy: 'Plug it out and in again; `dmesg` may tell more.',
  },
  FACEPIPE_E_CONTROL: {
    exit: 2,
    message: 'The control {control} of {camera} cannot be {value}: expected {expected}.',
    remedy: '`facepipe devices` lists the controls with what they may be.',
  },
  FACEPIPE_E_WEBCAM_MISSING: {
    exit: 3,
    message: 'node-webcam takes pictures with {program}, which is not installed.',
    remedy: 'Install it ({install}) and see that it is on PATH.',
  },
  FACEPIPE_E_WEBCAM_FAILED: {
    exit: 3,
    message: 'No picture came from {source} in {attempts} attempts in a row: {reason}.',
    remedy:
      'Check that the camera is plugged in, not used by another program, and that this user may open it: `ls -l /dev/video*` shows its group.',
  },
  FACEPIPE_E_WEBCAM_PLATFORM: {
    exit: 3,
    message: 'The source webcam works on Linux (fswebcam) and macOS (imagesnap), not on {platform}.',
    remedy:
      'Let ffmpeg read the camera and pipe it: ffmpeg … -c:v mjpeg -f mjpeg - | facepipe capture --source -',
  },
} as const satisfies Parameters<typeof defineErrors>[0];

export const sourceError = defineErrors(sourceErrors);
