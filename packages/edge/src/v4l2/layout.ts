/**
 * The part of Linux's include/uapi/linux/videodev2.h that is used here, in bytes. It is the same for x86-64 and arm64:
 * test/src/edge/v4l2-layout.test.ts writes this table as C assertions, which compilers for both check against the
 * kernel's own headers.
 */

/** How a member lies at its offset: an integer, or text of that many bytes that ends at the first NUL. */
type Kind = 'u32' | 's32' | 's64' | number;
type Member = readonly [offset: number, kind: Kind];

export interface Layout {
  readonly size: number;
  /** By the names of C, as in `fmt.pix.width`. */
  readonly members: Readonly<Record<string, Member>>;
}

export const layouts = {
  v4l2_capability: {
    size: 104,
    members: {
      driver: [0, 16],
      card: [16, 32],
      bus_info: [48, 32],
      capabilities: [84, 'u32'],
      device_caps: [88, 'u32'],
    },
  },
  v4l2_fmtdesc: {
    size: 64,
    members: { index: [0, 'u32'], type: [4, 'u32'], description: [12, 32], pixelformat: [44, 'u32'] },
  },
  v4l2_frmsizeenum: {
    size: 44,
    members: {
      index: [0, 'u32'],
      pixel_format: [4, 'u32'],
      type: [8, 'u32'],
      'discrete.width': [12, 'u32'],
      'discrete.height': [16, 'u32'],
      'stepwise.min_width': [12, 'u32'],
      'stepwise.max_width': [16, 'u32'],
      'stepwise.step_width': [20, 'u32'],
      'stepwise.min_height': [24, 'u32'],
      'stepwise.max_height': [28, 'u32'],
      'stepwise.step_height': [32, 'u32'],
    },
  },
  v4l2_frmivalenum: {
    size: 52,
    members: {
      index: [0, 'u32'],
      pixel_format: [4, 'u32'],
      width: [8, 'u32'],
      height: [12, 'u32'],
      type: [16, 'u32'],
      'discrete.numerator': [20, 'u32'],
      'discrete.denominator': [24, 'u32'],
      'stepwise.min.numerator': [20, 'u32'],
      'stepwise.min.denominator': [24, 'u32'],
      'stepwise.max.numerator': [28, 'u32'],
      'stepwise.max.denominator': [32, 'u32'],
    },
  },
  v4l2_format: {
    size: 208,
    members: {
      type: [0, 'u32'],
      'fmt.pix.width': [8, 'u32'],
      'fmt.pix.height': [12, 'u32'],
      'fmt.pix.pixelformat': [16, 'u32'],
      'fmt.pix.field': [20, 'u32'],
      'fmt.pix.bytesperline': [24, 'u32'],
      'fmt.pix.sizeimage': [28, 'u32'],
    },
  },
  v4l2_streamparm: {
    size: 204,
    members: {
      type: [0, 'u32'],
      'parm.capture.capability': [4, 'u32'],
      'parm.capture.timeperframe.numerator': [12, 'u32'],
      'parm.capture.timeperframe.denominator': [16, 'u32'],
    },
  },
  v4l2_requestbuffers: {
    size: 20,
    members: { count: [0, 'u32'], type: [4, 'u32'], memory: [8, 'u32'] },
  },
  v4l2_buffer: {
    size: 88,
    members: {
      index: [0, 'u32'],
      type: [4, 'u32'],
      bytesused: [8, 'u32'],
      flags: [12, 'u32'],
      'timestamp.tv_sec': [24, 's64'],
      'timestamp.tv_usec': [32, 's64'],
      sequence: [56, 'u32'],
      memory: [60, 'u32'],
      'm.offset': [64, 'u32'],
      length: [72, 'u32'],
    },
  },
  v4l2_query_ext_ctrl: {
    size: 232,
    members: {
      id: [0, 'u32'],
      type: [4, 'u32'],
      name: [8, 32],
      minimum: [40, 's64'],
      maximum: [48, 's64'],
      step: [56, 's64'],
      default_value: [64, 's64'],
      flags: [72, 'u32'],
      nr_of_dims: [84, 'u32'],
    },
  },
  v4l2_querymenu: {
    size: 44,
    members: { id: [0, 'u32'], index: [4, 'u32'], name: [8, 32], value: [8, 's64'] },
  },
  v4l2_control: {
    size: 8,
    members: { id: [0, 'u32'], value: [4, 's32'] },
  },
  /** The argument of STREAMON and STREAMOFF. */
  int: { size: 4, members: { '': [0, 's32'] } },
} as const satisfies Record<string, Layout>;

export type StructName = keyof typeof layouts;
type Direction = 'R' | 'W' | 'RW';

/** What is asked of the driver: `_IOR`, `_IOW` or `_IOWR` of 'V', the number and the struct. */
export const requests = {
  VIDIOC_QUERYCAP: ['R', 0, 'v4l2_capability'],
  VIDIOC_ENUM_FMT: ['RW', 2, 'v4l2_fmtdesc'],
  VIDIOC_S_FMT: ['RW', 5, 'v4l2_format'],
  VIDIOC_REQBUFS: ['RW', 8, 'v4l2_requestbuffers'],
  VIDIOC_QUERYBUF: ['RW', 9, 'v4l2_buffer'],
  VIDIOC_QBUF: ['RW', 15, 'v4l2_buffer'],
  VIDIOC_DQBUF: ['RW', 17, 'v4l2_buffer'],
  VIDIOC_STREAMON: ['W', 18, 'int'],
  VIDIOC_STREAMOFF: ['W', 19, 'int'],
  VIDIOC_G_PARM: ['RW', 21, 'v4l2_streamparm'],
  VIDIOC_S_PARM: ['RW', 22, 'v4l2_streamparm'],
  VIDIOC_G_CTRL: ['RW', 27, 'v4l2_control'],
  VIDIOC_S_CTRL: ['RW', 28, 'v4l2_control'],
  VIDIOC_QUERYMENU: ['RW', 37, 'v4l2_querymenu'],
  VIDIOC_ENUM_FRAMESIZES: ['RW', 74, 'v4l2_frmsizeenum'],
  VIDIOC_ENUM_FRAMEINTERVALS: ['RW', 75, 'v4l2_frmivalenum'],
  VIDIOC_QUERY_EXT_CTRL: ['RW', 103, 'v4l2_query_ext_ctrl'],
} as const satisfies Record<string, readonly [Direction, number, StructName]>;

export type RequestName = keyof typeof requests;
export type StructOf<R extends RequestName> = (typeof requests)[R][2];

/** include/uapi/asm-generic/ioctl.h: direction, size, type and number, from the highest bits down. */
export function requestCode(name: RequestName): number {
  const [direction, number, struct] = requests[name];
  const bits = { W: 1, R: 2, RW: 3 }[direction];
  return ((bits << 30) | (layouts[struct].size << 16) | ('V'.charCodeAt(0) << 8) | number) >>> 0;
}

/** Single values of the same header, by its names. */
export const constants = {
  V4L2_CAP_VIDEO_CAPTURE: 0x1,
  V4L2_CAP_VIDEO_CAPTURE_MPLANE: 0x1000,
  V4L2_CAP_STREAMING: 0x0400_0000,
  V4L2_CAP_DEVICE_CAPS: 0x8000_0000,
  V4L2_BUF_TYPE_VIDEO_CAPTURE: 1,
  V4L2_BUF_FLAG_ERROR: 0x40,
  V4L2_BUF_FLAG_TIMESTAMP_MASK: 0xe000,
  V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC: 0x2000,
  V4L2_MEMORY_MMAP: 1,
  V4L2_FIELD_ANY: 0,
  V4L2_FIELD_NONE: 1,
  V4L2_CAP_TIMEPERFRAME: 0x1000,
  V4L2_FRMSIZE_TYPE_DISCRETE: 1,
  V4L2_FRMIVAL_TYPE_DISCRETE: 1,
  V4L2_CTRL_TYPE_INTEGER: 1,
  V4L2_CTRL_TYPE_BOOLEAN: 2,
  V4L2_CTRL_TYPE_MENU: 3,
  V4L2_CTRL_TYPE_BUTTON: 4,
  V4L2_CTRL_TYPE_BITMASK: 8,
  V4L2_CTRL_TYPE_INTEGER_MENU: 9,
  V4L2_CTRL_FLAG_DISABLED: 0x1,
  V4L2_CTRL_FLAG_READ_ONLY: 0x4,
  V4L2_CTRL_FLAG_INACTIVE: 0x10,
  V4L2_CTRL_FLAG_WRITE_ONLY: 0x40,
  V4L2_CTRL_FLAG_NEXT_CTRL: 0x8000_0000,
  V4L2_PIX_FMT_YUYV: 0x5659_5559,
  V4L2_PIX_FMT_UYVY: 0x5956_5955,
  V4L2_PIX_FMT_NV12: 0x3231_564e,
  V4L2_PIX_FMT_YUV420: 0x3231_5559,
  V4L2_PIX_FMT_GREY: 0x5945_5247,
  V4L2_PIX_FMT_RGB24: 0x3342_4752,
  V4L2_PIX_FMT_MJPEG: 0x4750_4a4d,
  V4L2_PIX_FMT_JPEG: 0x4745_504a,
} as const;
