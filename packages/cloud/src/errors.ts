import { defineErrors, type ErrorEntry } from '@facepipe/service';

/** Every coded error of the sink and its stores; docs/errors.md is made from it. */
export const cloudErrors = {
  FACEPIPE_E_STORE_URL: {
    exit: 2,
    message: 'The store {url} cannot be used: {reason}.',
    remedy: 'Write s3://bucket, s3://bucket/prefix or file:///absolute/folder.',
  },
  FACEPIPE_E_STORE_ENDPOINT: {
    exit: 2,
    message: 'The S3 endpoint {endpoint} cannot be used: {reason}.',
    remedy:
      'Write https://host or http://host:port; credentials come from the environment, never from the URL.',
  },
  FACEPIPE_E_STORE_PROXY: {
    exit: 2,
    message: 'The proxy in {variable} cannot be used: {reason}.',
    remedy: 'Write http://host:port or https://host:port, or spare the store in NO_PROXY.',
  },
  FACEPIPE_E_STORE_REGION: {
    exit: 2,
    message: 'The region of the bucket {bucket} is not configured, or is not the name of one.',
    remedy: 'Give --region or set AWS_REGION, such as eu-central-1.',
  },
  FACEPIPE_E_STORE_OPTION: {
    exit: 2,
    message: '{name} {value} is not known.',
    remedy: 'Use one of {known}.',
  },
  FACEPIPE_E_STORE_BUCKET: {
    exit: 5,
    message: 'The bucket {bucket} does not exist at {endpoint}.',
    remedy: 'Create it, or correct the name in --store.',
  },
  FACEPIPE_E_STORE_CREDENTIALS: {
    exit: 5,
    message: 'No credentials were found for the bucket {bucket} at {endpoint} ({reason}).',
    remedy:
      'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or run where an instance or pod role gives them.',
  },
  FACEPIPE_E_STORE_REFUSED: {
    exit: 5,
    message: 'The credentials for the bucket {bucket} were refused by {endpoint} ({reason}).',
    remedy: 'Check the access key, the secret, the region and the clock of this machine.',
  },
  FACEPIPE_E_STORE_DENIED: {
    exit: 5,
    message: 'The credentials given may not {action} the bucket {bucket} at {endpoint}.',
    remedy: 'Grant s3:PutObject, and best s3:GetObject, on the objects under its prefix.',
  },
  FACEPIPE_E_STORE_UNREACHABLE: {
    exit: 5,
    message: 'The store with the bucket {bucket} cannot be reached at {endpoint} ({reason}).',
    remedy: 'Check the endpoint, the network and that the store is running.',
  },
  FACEPIPE_E_STORE_ANSWER: {
    exit: 5,
    message: 'The store at {endpoint} did not {action} the bucket {bucket} ({reason}).',
    remedy: 'Look the answer up in the documentation of the store.',
  },
  FACEPIPE_E_STORE_UNPROVEN: {
    exit: 5,
    message: 'What answers at {endpoint} is not the store with the bucket {bucket} ({reason}).',
    remedy: 'Check the endpoint, and whether a captive portal or a proxy answers in its place.',
  },
  FACEPIPE_E_STORE_SLOW: {
    exit: 5,
    message: 'The store {store} was not done within {seconds} s.',
    remedy: 'Check the network, and that the store is well.',
  },
  FACEPIPE_E_STORE_FOLDER: {
    exit: 5,
    message: 'The store folder {folder} cannot be used: {reason}.',
    remedy: 'Fix that, or give another folder that this user may write to.',
  },
  FACEPIPE_E_STORE_KEY: {
    exit: 1,
    message: 'The key {key} would leave the store {store}.',
    remedy: 'Keys are relative and have no empty, "." or ".." parts.',
  },
  FACEPIPE_E_KEY_TEMPLATE: {
    exit: 2,
    message: 'The key template {template} cannot be used: {reason}.',
    remedy: 'Use {placeholders}, separated by "/".',
  },
  FACEPIPE_E_SINK_DEVICE: {
    exit: 2,
    message: 'The topic {topic} does not say which of its levels is the device.',
    remedy: 'Put "+" in place of the device, or name the level with --device-level.',
  },
  FACEPIPE_E_SINK_LOOP: {
    exit: 2,
    message: 'The sink would receive what it sends to {sent}, because {topic} matches it.',
    remedy: 'Choose a narrower --topic or another --dead-letter.',
  },
  FACEPIPE_E_SINK_SHARED: {
    exit: 2,
    message: 'The topic {topic} is a shared subscription, which the sink makes itself.',
    remedy: 'Give the plain topic, and --group {group}.',
  },
  FACEPIPE_E_SINK_GROUP_NAME: {
    exit: 2,
    message: 'The sink group {group} is not a valid name.',
    remedy: 'Use one or more characters other than "/", "+" and "#".',
  },
  FACEPIPE_E_SINK_CONCURRENCY: {
    exit: 2,
    message: 'The concurrency {concurrency} cannot be used.',
    remedy: 'Give a whole number from 1 to 65535.',
  },
} as const satisfies Record<`FACEPIPE_E_${string}`, ErrorEntry>;

export const cloudError = defineErrors(cloudErrors);
