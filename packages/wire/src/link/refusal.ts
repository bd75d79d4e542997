import type { FacepipeError } from '@facepipe/service';
import { wireError } from '../errors.js';
import type { OutgoingMessage } from '../message/message.js';

/** Why a connection attempt failed, as MQTT.js and Node tell it. */
export type Failure = { code: number } | { error: unknown } | { silent: true };

const tls =
  /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|EPROTO|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_CRYPTO|HOSTNAME_MISMATCH|INVALID_CA|CRL_)/;
const addresses: Record<string, string | undefined> = {
  ECONNREFUSED: 'nothing listens on that port',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name cannot be looked up',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  ETIMEDOUT: 'it does not answer',
};

/** CONNACK codes: 1 to 5 are MQTT 3.1.1's (3.2.2.3), from 128 on MQTT 5's (3.2.2.2). */
const connack: Record<number, string | undefined> = {
  1: 'unacceptable protocol version',
  2: 'client id not accepted',
  3: 'it is unavailable',
  4: 'wrong user name or password',
  5: 'not authorized',
  128: 'unspecified error',
  129: 'malformed packet',
  130: 'protocol error',
  131: 'a rule of its own',
  132: 'unsupported protocol version',
  133: 'client id not accepted',
  134: 'wrong user name or password',
  135: 'not authorized',
  136: 'it is unavailable',
  137: 'it is busy',
  138: 'this client is banned',
  140: 'bad authentication method',
  144: 'invalid topic of the will',
  149: 'packet too large',
  151: 'quota exceeded',
  153: 'invalid payload format of the will',
  154: 'it does not retain messages, as the will asks',
  155: 'it does not support the QoS of the will',
  156: 'use another server',
  157: 'the server moved',
  159: 'too many connections',
};
const credentials = new Set([4, 5, 134, 135, 140]);
const unavailable = new Set([3, 136, 137, 151, 159]);

/** Whether the broker refused MQTT 5 and may take 3.1.1. Aedes 1 and other 3.1.1 brokers answer 1, MQTT 5 ones 132. */
export function refusedVersion(failure: Failure): boolean {
  return 'code' in failure && (failure.code === 1 || failure.code === 132);
}

/** The code of a Node error, also inside the one that collects the attempts at several addresses. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const own: unknown = 'code' in error ? error.code : undefined;
  if (typeof own === 'string') return own;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : undefined;
}

/** Of a TLS connection: one of both certificates, or our own key, in OpenSSL's codes and in the words of its alerts. */
const certificate =
  /CERT|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|INVALID_CA|CRL_|UNKNOWN_CA|unknown ca|ERR_OSSL|ERR_CRYPTO/i;

/** Whether the next attempt would fail like this one, until somebody changes something. */
export function isFinal({ code, cause }: FacepipeError): boolean {
  if (code === 'FACEPIPE_E_BROKER_TLS') {
    const own = codeOf(cause);
    // A machine without a clock of its own starts in the past, until the network tells it the time.
    if (own === 'CERT_NOT_YET_VALID') return false;
    // Another protocol, an end in the middle: what speaks there may be starting, or not be the broker yet.
    return certificate.test(`${own} ${cause instanceof Error ? cause.message : ''}`);
  }
  return code === 'FACEPIPE_E_BROKER_CREDENTIALS' || code === 'FACEPIPE_E_BROKER_REFUSED';
}

/** The coded error of a failed attempt. */
export function refusal(failure: Failure, broker: string): FacepipeError {
  if ('silent' in failure) {
    return wireError('FACEPIPE_E_BROKER_UNREACHABLE', {
      broker,
      reason: 'it closed the connection without an answer (a port that expects TLS does so too)',
    });
  }
  if ('code' in failure) {
    const { code } = failure;
    const reason = connack[code] ?? `reason ${code}`;
    if (credentials.has(code)) return wireError('FACEPIPE_E_BROKER_CREDENTIALS', { broker, reason });
    if (unavailable.has(code)) return wireError('FACEPIPE_E_BROKER_UNREACHABLE', { broker, reason });
    return wireError('FACEPIPE_E_BROKER_REFUSED', { broker, reason });
  }
  const { error } = failure;
  const code = codeOf(error);
  const message = error instanceof Error && error.message ? error.message : (code ?? String(error));
  if (code && tls.test(code)) return wireError('FACEPIPE_E_BROKER_TLS', { broker, reason: message }, error);
  const reason =
    (code && addresses[code]) ?? (message === 'connack timeout' ? 'it does not answer' : message);
  return wireError('FACEPIPE_E_BROKER_UNREACHABLE', { broker, reason }, error);
}

const disconnect: Record<number, string | undefined> = {
  139: 'it is shutting down',
  141: 'the keep-alive time ran out',
  147: 'too many unacknowledged messages',
  149: 'a packet was too large',
  150: 'the message rate was too high',
  151: 'the quota is used up',
  152: 'an administrator ended it',
};

/** The coded error for a broker's DISCONNECT (MQTT 5, 3.14.2.1; MQTT 3.1.1 brokers just close). */
export function disconnectReason(code: number, broker: string): FacepipeError {
  if (code === 142) return wireError('FACEPIPE_E_SESSION_TAKEN_OVER', { broker });
  return wireError('FACEPIPE_E_BROKER_LOST', {
    broker,
    reason: disconnect[code] ?? connack[code] ?? `reason ${code}`,
  });
}

/** The coded error for a PUBACK, PUBREC or PUBCOMP with a reason from 128 on (MQTT 5, 3.4.2.1). */
export function publishRefusal(
  code: number,
  broker: string,
  message: Pick<OutgoingMessage, 'topic' | 'payload'>,
): FacepipeError {
  const { topic, payload } = message;
  if (code === 135) return wireError('FACEPIPE_E_PUBLISH_DENIED', { broker, topic });
  if (code === 149) {
    const limit = 'it announced no limit';
    return wireError('FACEPIPE_E_TOO_LARGE', { size: payload.length, topic, broker, limit });
  }
  const reason =
    { 144: 'invalid topic name', 153: 'invalid payload format' }[code] ?? connack[code] ?? `reason ${code}`;
  return wireError('FACEPIPE_E_PUBLISH_REFUSED', { broker, topic, reason });
}

/** The coded error for a SUBACK that does not grant what was asked; undefined when it does. */
export function subscribeRefusal(
  code: number,
  asked: number,
  broker: string,
  filter: string,
): FacepipeError | undefined {
  if (code === asked) return undefined;
  const subscribe: Record<number, string | undefined> = {
    128: 'it does not say why',
    143: 'invalid topic filter',
    158: 'no shared subscriptions',
    162: 'no wildcards',
  };
  const reason =
    code < 128 ? `it grants only QoS ${code}` : (subscribe[code] ?? connack[code] ?? `reason ${code}`);
  return wireError('FACEPIPE_E_SUBSCRIBE_REFUSED', { broker, filter, reason });
}
