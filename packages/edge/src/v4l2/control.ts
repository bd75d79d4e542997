import type { Device } from './device.js';
import { constants } from './layout.js';
import { Errno } from './libc.js';
import { Struct } from './struct.js';

type ControlType = 'integer' | 'boolean' | 'menu' | 'button' | 'bitmask' | 'integer-menu';

/** A setting of a camera, such as its brightness. */
export interface Control {
  id: number;
  /** As v4l2-ctl writes it: `power_line_frequency`. */
  name: string;
  type: ControlType;
  min: number;
  max: number;
  step: number;
  default: number;
  /** Absent for buttons and what can only be written. */
  value?: number;
  /** The choices of a menu. */
  menu?: { value: number; name: string }[];
  readOnly: boolean;
  /** True while another control, such as an automatic, has the say. */
  inactive: boolean;
}

const types: Readonly<Record<number, ControlType>> = {
  [constants.V4L2_CTRL_TYPE_INTEGER]: 'integer',
  [constants.V4L2_CTRL_TYPE_BOOLEAN]: 'boolean',
  [constants.V4L2_CTRL_TYPE_MENU]: 'menu',
  [constants.V4L2_CTRL_TYPE_BUTTON]: 'button',
  [constants.V4L2_CTRL_TYPE_BITMASK]: 'bitmask',
  [constants.V4L2_CTRL_TYPE_INTEGER_MENU]: 'integer-menu',
};

/** No camera has more; a driver that never ends its list must not hold us. */
const most = 512;

/** The controls with one whole number for a value; strings, 64 bits and arrays are left out. @throws Errno */
export function readControls(device: Device): Control[] {
  const controls: Control[] = [];
  const asked = new Struct('v4l2_query_ext_ctrl');
  let id = 0;
  for (let count = 0; count < most; count++) {
    asked.bytes.fill(0);
    if (
      !device.ask('VIDIOC_QUERY_EXT_CTRL', asked.set('id', (id | constants.V4L2_CTRL_FLAG_NEXT_CTRL) >>> 0))
    )
      break;
    id = asked.get('id');
    const flags = asked.get('flags');
    const type = types[asked.get('type')];
    if (!type || flags & constants.V4L2_CTRL_FLAG_DISABLED || asked.get('nr_of_dims') > 0) continue;
    const [min, max] = [asked.get('minimum'), asked.get('maximum')];
    const silent = type === 'button' || flags & constants.V4L2_CTRL_FLAG_WRITE_ONLY;
    const read = silent ? undefined : readValue(device, id);
    // bits are no sign
    const value = read !== undefined && type === 'bitmask' ? read >>> 0 : read;
    controls.push({
      id,
      name: controlName(asked.text('name')),
      type,
      min,
      max,
      step: asked.get('step'),
      default: asked.get('default_value'),
      ...(value !== undefined && { value }),
      ...(type.endsWith('menu') && { menu: readMenu(device, id, type, min, max) }),
      readOnly: (flags & constants.V4L2_CTRL_FLAG_READ_ONLY) !== 0,
      inactive: (flags & constants.V4L2_CTRL_FLAG_INACTIVE) !== 0,
    });
  }
  return controls;
}

/** v4l2-ctl's names: lower case, and one underscore for whatever lies between letters and digits. */
export function controlName(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
}

function readValue(device: Device, id: number): number | undefined {
  const asked = new Struct('v4l2_control').set('id', id);
  try {
    device.call('VIDIOC_G_CTRL', asked);
    return asked.get('value');
  } catch (error) {
    // cameras refuse single controls for reasons of their own; the others are still worth a list
    if (error instanceof Errno && error.code !== 'ENODEV') return undefined;
    throw error;
  }
}

function readMenu(device: Device, id: number, type: ControlType, min: number, max: number) {
  const menu: { value: number; name: string }[] = [];
  for (let index = min; index <= Math.min(max, min + most); index++) {
    const asked = new Struct('v4l2_querymenu').set('id', id).set('index', index);
    // numbers may be left out
    if (!device.ask('VIDIOC_QUERYMENU', asked)) continue;
    menu.push({ value: index, name: type === 'menu' ? asked.text('name') : String(asked.get('value')) });
  }
  return menu;
}

/** @throws Errno */
export function setControl(device: Device, { id }: Control, value: number): void {
  device.call('VIDIOC_S_CTRL', new Struct('v4l2_control').set('id', id).set('value', value));
}

const words: ReadonlyMap<string, number> = new Map([
  ...['1', 'on', 'true', 'yes'].map((word) => [word, 1] as const),
  ...['0', 'off', 'false', 'no'].map((word) => [word, 0] as const),
]);

/** The number that `text` means to a control, or what is legal: a part of a sentence. */
export function controlValue(control: Control, text: string): { value: number } | { expected: string } {
  const { type, min, max, step, menu } = control;
  if (type === 'boolean') {
    const value = words.get(text.toLowerCase());
    return value === undefined ? { expected: 'on or off' } : { value };
  }
  if (type === 'button') return text === '1' ? { value: 1 } : { expected: '1, which presses it' };
  const number = /^[+-]?\d+$/.test(text)
    ? Number(text)
    : /^0x[0-9a-f]{1,8}$/i.test(text)
      ? Number(text)
      : undefined;
  if (menu) {
    const same = (name: string) => controlName(name) === controlName(text);
    const chosen = menu.find(({ value }) => value === number) ?? menu.find(({ name }) => same(name));
    if (chosen) return { value: chosen.value };
    return { expected: menu.map(({ value, name }) => `${value} (${name})`).join(', ') };
  }
  if (type === 'bitmask') {
    // every bit in `max` may be set
    const legal = number !== undefined && number >= 0 && number <= 0xffff_ffff && (number & ~max) === 0;
    return legal ? { value: number | 0 } : { expected: `bits within 0x${(max >>> 0).toString(16)}` };
  }
  const steps = step > 1 ? ` in steps of ${step}` : '';
  const legal =
    number !== undefined && number >= min && number <= max && (number - min) % Math.max(1, step) === 0;
  return legal ? { value: number } : { expected: `a whole number from ${min} to ${max}${steps}` };
}
