import { expectArgument, expectMembers } from '@facepipe/service';
import { wireError } from '../errors.js';
import { isShortText, ownCopy } from './text.js';

/** What MQTT 5, 1.5.4 says strings should not include. */
export const forbidden = /[\p{Cc}\p{Noncharacter_Code_Point}]/u;

const shared = /^\$share\/([^/]*)\/(.*)$/s;

/** Why `text` cannot be an MQTT string of a topic, whatever its characters mean. */
function malformed(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (text.includes('\0')) return 'contains a NUL character';
  if (/\p{Cs}/u.test(text)) return 'is not well-formed Unicode';
  // [MQTT-1.5.4-2] lets a broker hang up on them, mosquitto does, and a publish would be repeated for ever
  if (forbidden.test(text)) return 'contains a control character or a noncharacter';
  const bytes = Buffer.byteLength(text);
  return bytes > 65535 ? `is ${bytes} bytes long, and 65535 is the limit` : undefined;
}

function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/**
 * Checks a topic to publish on (MQTT 5, 4.7).
 * @throws FACEPIPE_E_TOPIC when it is empty, has wildcards, a NUL or broken Unicode, or exceeds 65535 bytes
 */
export function checkTopic(topic: string): void {
  expectArgument('topic', topic, 'text');
  const reason =
    malformed(topic) ?? (/[+#]/.test(topic) ? 'has a wildcard where one topic is needed' : undefined);
  if (reason) throw wireError('FACEPIPE_E_TOPIC', { topic: shorten(topic), reason });
}

/**
 * Checks a filter to subscribe to (MQTT 5, 4.7 and 4.8.2), which may start with `$share/GROUP/`.
 * @throws FACEPIPE_E_FILTER
 */
export function checkFilter(filter: string): void {
  expectArgument('filter', filter, 'text');
  const reason = malformed(filter) ?? sharedFault(filter) ?? wildcardFault(bare(filter).split('/'));
  if (reason) throw wireError('FACEPIPE_E_FILTER', { filter: shorten(filter), reason });
}

function sharedFault(filter: string): string | undefined {
  if (filter !== '$share' && !filter.startsWith('$share/')) return undefined;
  const [, group, rest] = shared.exec(filter) ?? [];
  return group && rest && !/[+#]/.test(group)
    ? undefined
    : 'is not $share/GROUP/FILTER with a plain group name';
}

function wildcardFault(levels: string[]): string | undefined {
  if (levels.some((level) => level.includes('+') && level !== '+'))
    return 'has a + that is not a whole level';
  const hash = levels.findIndex((level) => level.includes('#'));
  if (hash >= 0 && (levels[hash] !== '#' || hash < levels.length - 1))
    return 'has a # that is not its last level';
  return undefined;
}

/** The filter without `$share/GROUP/`. */
function bare(filter: string): string {
  return shared.exec(filter)?.[2] ?? filter;
}

/** Whether a (valid) filter matches a topic. `$share/GROUP/` in front of the filter makes no difference. */
export function matches(filter: string, topic: string): boolean {
  expectArgument('filter', filter, 'text');
  expectArgument('topic', topic, 'text');
  const pattern = bare(filter).split('/');
  const levels = topic.split('/');
  // [MQTT-4.7.2-1]: a leading wildcard does not match the broker's own $SYS and its like.
  if (topic.startsWith('$') && (pattern[0] === '+' || pattern[0] === '#')) return false;
  for (const [i, part] of pattern.entries()) {
    if (part === '#') return true;
    if (i >= levels.length || (part !== '+' && part !== levels[i])) return false;
  }
  return pattern.length === levels.length;
}

/**
 * The device in a topic: its `level` (from 1) if given, else the level that the filter's first `+` matched. Undefined
 * when there is no such level, or it is empty or longer than 256 characters, as no face can name its device, or has
 * characters that a topic should not have (MQTT 5, 1.5.4).
 */
export function deviceOf(filter: string, topic: string, level?: number): string | undefined {
  expectArgument('filter', filter, 'text');
  expectArgument('topic', topic, 'text');
  const index = level === undefined ? bare(filter).split('/').indexOf('+') : level - 1;
  const device = topic.split('/')[index];
  return isShortText(device) && !forbidden.test(device) ? ownCopy(device) : undefined;
}

/**
 * A topic from a template with `{device}` (or `{name}`, the same).
 * @throws FACEPIPE_E_TOPIC when the device is not one topic level, a placeholder is unknown, or the result is no topic
 */
export function fillTopic(template: string, values: { device: string }): string {
  expectArgument('template', template, 'text');
  expectMembers('values', values, { device: 'text' });
  const fault = (reason: string) => wireError('FACEPIPE_E_TOPIC', { topic: shorten(template), reason });
  const topic = template.replace(/\{(\w*)\}/g, (_, name: string) => {
    if (name !== 'device' && name !== 'name') throw fault(`has the unknown placeholder {${name}}`);
    if (!/^[^/+#\0]+$/.test(values.device)) {
      throw fault(
        `cannot be filled in with the device "${shorten(values.device)}", which is not one topic level`,
      );
    }
    return values.device;
  });
  checkTopic(topic);
  return topic;
}
