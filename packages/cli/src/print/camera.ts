import {
  type Camera,
  type Control,
  type FormatOffer,
  isRead,
  type Rates,
  type SizeOffer,
  type Span,
} from '@facepipe/edge/v4l2';

/** One camera as lines for a reader. */
export function cameraText({ path, card, driver, bus, formats, controls }: Camera): string {
  return [
    `${path}  ${card}`,
    `  driver ${driver}, bus ${bus}`,
    ...(formats.length > 0
      ? formats.flatMap(formatLines)
      : ['  no formats: no program writes to this loopback device']),
    ...(controls.length > 0
      ? ['  controls', ...controls.map((control) => `    ${controlText(control)}`)]
      : []),
  ].join('\n');
}

/** The same as one line of JSON. */
export function cameraJson({ path, card, driver, bus, formats, controls }: Camera): string {
  const shown = controls.map(({ id: _, ...control }) => control);
  const offers = formats.map((offer) => ({ ...offer, read: isRead(offer.format) }));
  return JSON.stringify({ path, card, driver, bus, formats: offers, controls: shown });
}

function formatLines({ format, description, sizes }: FormatOffer): string[] {
  const title = `  ${format}  ${description}${isRead(format) ? '' : ' (not read)'}`;
  return [title, ...sizes.map((size) => `    ${sizeText(size)}`)];
}

function sizeText({ width, height, rates }: SizeOffer): string {
  const side = (length: number | Span) =>
    typeof length === 'number' ? String(length) : `${length.min}…${length.max}`;
  const shown = ratesText(rates);
  return `${side(width)}×${side(height)}${shown && ` at ${shown} frames a second`}`;
}

function ratesText(rates: Rates): string {
  return 'min' in rates ? `${rates.min}…${rates.max}` : rates.join(', ');
}

function controlText({
  name,
  type,
  min,
  max,
  step,
  value,
  menu,
  readOnly,
  inactive,
  ...rest
}: Control): string {
  const choices = menu?.map((item) => `${item.value} ${item.name}`).join(', ');
  const range = type === 'boolean' ? '0 or 1' : `${min}…${max}${step > 1 ? ` in steps of ${step}` : ''}`;
  const now = value === undefined ? [] : [`is ${value}`];
  const notes = [...now, ...(readOnly ? ['read-only'] : []), ...(inactive ? ['inactive'] : [])];
  if (type === 'button') return [`${name}: 1 presses it`, ...notes].join('; ');
  return [`${name}: ${choices ?? range}`, `default ${rest.default}`, ...notes].join('; ');
}
