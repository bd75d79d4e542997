import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseCommandLine } from '../../dist/parse/parser.js';

const folder = mkdtempSync(join(tmpdir(), 'facepipe-parser-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const context = { env: {}, version: '1.2.3', columns: 100 };
const parse = (line: string, env: Record<string, string> = {}) =>
  parseCommandLine(line.split(' ').filter(Boolean), { ...context, env });

test('a command with its defaults', () => {
  const { command, options } = parse(
    'capture --source clip.mp4 --broker mqtt://a --broker mqtt://b -q 2 -t x/{name}',
  ) as Extract<ReturnType<typeof parse>, { command: 'capture' }>;
  assert.equal(command, 'capture');
  assert.equal(options.source, 'clip.mp4');
  assert.deepEqual(options.broker, ['mqtt://a', 'mqtt://b']);
  assert.equal(options.qos, 2);
  assert.equal(options.topic, 'x/{name}');
  assert.equal(options['scale-factor'], 1.1);
  // these depend on what the cascade finds: command/detection.ts
  assert.deepEqual([options['min-neighbors'], options.verify], [undefined, undefined]);
  assert.equal(options.cascade, 'frontalface_alt2');
  assert.deepEqual(options['min-size'], { width: 30, height: 30 });
  assert.equal(options.realtime, undefined);
});

test('behind -- everything is a file, as it is written', () => {
  const filesOf = (...args: string[]) => {
    const invocation = parseCommandLine(['detect', ...args], { env: {}, version: '0' });
    return 'files' in invocation ? invocation.files : undefined;
  };
  assert.deepEqual(filesOf('--json', '--', '-dash.png'), ['-dash.png']);
  assert.deepEqual(filesOf('--', '007', '--quiet', '1e3'), ['007', '--quiet', '1e3']);
  assert.deepEqual(filesOf('a.png', '--', '-b.png'), ['a.png', '-b.png']);
});

test('detect has OpenCV’s own defaults, takes files, and leaves numbers in names alone', () => {
  const invocation = parse('detect 007.jpg b.png --json') as Extract<
    ReturnType<typeof parse>,
    { command: 'detect' }
  >;
  assert.deepEqual(invocation.files, ['007.jpg', 'b.png']);
  assert.equal(invocation.options.cascade, 'frontalface_default');
  assert.equal(invocation.options['min-neighbors'], undefined);
  assert.equal(invocation.options.verify, undefined);
  assert.equal(invocation.options['min-size'], undefined);
  assert.equal(invocation.options.json, true);
  assert.deepEqual((parse('detect 7') as typeof invocation).files, ['7']);
});

test('flag > environment > file > default', () => {
  const file = join(folder, 'config.yaml');
  writeFileSync(
    file,
    'scale-factor: 1.2\nquality: 50\npadding: 0.5\nstore: s3://for-the-sink\nbroker: [mqtt://f]\n',
  );
  const env = {
    FACEPIPE_QUALITY: '60',
    FACEPIPE_PADDING: '0.6',
    FACEPIPE_BROKER: 'mqtt://x  mqtt://y',
    FACEPIPE_STRANGE: '1',
  };
  const { options } = parse(`capture --config ${file} --padding 0.7`, env) as Extract<
    ReturnType<typeof parse>,
    { command: 'capture' }
  >;
  assert.equal(options['scale-factor'], 1.2);
  assert.equal(options.quality, 60);
  assert.equal(options.padding, 0.7);
  assert.deepEqual(options.broker, ['mqtt://x', 'mqtt://y']);
  assert.equal(options.format, 'png');
});

test('a text is the text that was written, wherever it is given', () => {
  const file = join(folder, 'texts.yaml');
  for (const text of ['007', '1e5', '0x1F', '1.10', '12345678901234567890', 'true', 'null', '1_000', '0o7']) {
    writeFileSync(file, `name: ${text}\nbroker: [mqtt://${text}]\n`);
    const given: [string, Record<string, string>][] = [
      [`capture --name ${text}`, {}],
      ['capture', { FACEPIPE_NAME: text }],
      [`capture --config ${file}`, {}],
    ];
    for (const [line, env] of given) {
      const { options } = parse(line, env) as Extract<ReturnType<typeof parse>, { command: 'capture' }>;
      assert.equal(options.name, text, `${line} ${JSON.stringify(env)}`);
    }
  }
});

test('true and false in a file are those words', () => {
  const file = join(folder, 'booleans.yaml');
  writeFileSync(file, 'json: true\nquiet: False\n');
  const { options } = parse(`capture --config ${file}`) as Extract<
    ReturnType<typeof parse>,
    { command: 'capture' }
  >;
  assert.deepEqual([options.json, options.quiet], [true, false]);
  writeFileSync(file, 'json: 7\n');
  assert.throws(() => parse(`capture --config ${file}`), { message: /json must be true or false/ });
});

test('the configuration file may be named by the environment, and is refused with everything that is wrong', () => {
  const file = join(folder, 'config.json');
  writeFileSync(file, '{"scalefactor": 1.2, "broker": {"url": 1}}');
  assert.throws(() => parse('capture', { FACEPIPE_CONFIG: file }), {
    code: 'FACEPIPE_E_CONFIG',
    exit: 2,
    message:
      /line 1: scalefactor is not a flag.*; the nearest is scale-factor; line 1: broker must be one value or a list/,
  });
  assert.throws(() => parse('capture --config /no/such.yaml'), {
    code: 'FACEPIPE_E_FILE',
    message: /\/no\/such\.yaml/,
  });
});

test('a message about a value says where it came from, unless it was typed', () => {
  const file = join(folder, 'origins.yaml');
  writeFileSync(file, '# what is wrong is on line 3\nquality: 90\nqos: 7\nusername: ann\n');
  const cases: [line: string, env: Record<string, string>, says: RegExp][] = [
    [
      'capture',
      { FACEPIPE_QOS: '7' },
      /for --qos but received "?7"?\. --qos is from the variable FACEPIPE_QOS\.$/,
    ],
    [`capture --config ${file}`, {}, /received "?7"?\. --qos is from line 3 of .*origins\.yaml\.$/],
    ['capture', { FACEPIPE_CONFIG: file }, /--qos is from line 3 of/],
    // the variable wins over the file
    [`capture --config ${file}`, { FACEPIPE_QOS: '8' }, /--qos is from the variable FACEPIPE_QOS\.$/],
    [`capture --config ${file} -q 9`, { FACEPIPE_QOS: '8' }, /received "?9"?\. *$/],
    ['log', { FACEPIPE_PASSWORD: 'x' }, /--username with --password .*--password is from the variable/],
  ];
  for (const [line, env, message] of cases) {
    assert.throws(
      () => parse(line, env),
      (error: Error) => {
        assert.match(error.message, message, line);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      },
    );
  }
});

test('a misspelt variable is named with the right one, and what is none of ours is left alone', () => {
  const warned = (env: Record<string, string>) => {
    const invocation = parse('log', env);
    return invocation.command === 'help' ? [] : invocation.misspelt;
  };
  const cases: Record<string, string> = {
    FACEPIPE_BROKRE: 'FACEPIPE_BROKER',
    FACEPIPE_BROKERS: 'FACEPIPE_BROKER',
    FACEPIPE_PASSWORDFILE: 'FACEPIPE_PASSWORD_FILE',
    'FACEPIPE_PASSWORD-FILE': 'FACEPIPE_PASSWORD_FILE',
    FACEPIE_BROKER: 'FACEPIPE_BROKER',
    facepipe_broker: 'FACEPIPE_BROKER',
    FACEPIPE_STOR: 'FACEPIPE_STORE',
    FACEPIPE_RECEIPT_TIMOUT: 'FACEPIPE_RECEIPT_TIMEOUT',
    FACEPIPE_SEDE: 'FACEPIPE_SEED',
    FACEPIPE_USER: 'FACEPIPE_USERNAME',
  };
  for (const [name, near] of Object.entries(cases)) {
    assert.deepEqual(warned({ [name]: 'x' }), [{ name, near }]);
  }
  const others = [
    ...[
      'FACEPIPE_BROKER',
      'FACEPIPE_TO_CA',
      'FACEPIPE_TEST_ALL',
      'FACEPIPE_KEEP',
      'FACEPIPE_LAB',
      'FPS_LIMIT',
    ],
    // of a service called facepipe-broker, by Kubernetes
    ...['FACEPIPE_BROKER_SERVICE_HOST', 'FACEPIPE_BROKER_PORT', 'FACEPIPE_BROKER_PORT_1883_TCP_ADDR'],
  ];
  assert.deepEqual(warned(Object.fromEntries(others.map((name) => [name, 'mqtt://x']))), []);
});

test('mistakes get one sentence with the nearest right word', () => {
  const cases: [string, RegExp][] = [
    ['captur', /Expected a command .* received captur; the nearest is capture/],
    ['capture --sorce demo', /--sorce is not a flag of capture; the nearest is --source/],
    ['capture --colour', /--colour is not a flag of capture/],
    ['capture stray', /capture takes no arguments but received stray/],
    ['capture --source', /Expected a value after --source but received none/],
    ['capture --format gif', /Expected png, jpeg or webp for --format but received "gif"/],
    ['forward', /Expected --to but received none/],
    ['sink', /Expected --store but received none/],
    ['detect --scale-factor 1 x.png', /Expected a number greater than 1 for --scale-factor/],
    ['detect --engine turbo x.png', /Expected simd, opencv or blaze for --engine/],
  ];
  for (const [line, message] of cases) {
    assert.throws(
      () => parse(line),
      (error: Error & { exit?: number }) => {
        assert.match(error.message, message, line);
        assert.equal(error.exit, 2, line);
        assert.doesNotMatch(error.message, /\n/, line);
        return true;
      },
    );
  }
});

test('the verifier is switched on and off, or has a threshold, from wherever flags come', () => {
  const verifyOf = (line: string, env?: Record<string, string>) =>
    (parse(line, env) as Extract<ReturnType<typeof parse>, { command: 'capture' }>).options.verify;
  assert.deepEqual(
    ['on', 'off', '0.6'].map((value) => verifyOf(`capture --verify ${value}`)),
    ['on', 'off', 0.6],
  );
  assert.equal(verifyOf('detect a.png --verify on'), 'on');
  assert.equal(verifyOf('capture --no-verify'), 'off');
  assert.equal(verifyOf('demo', { FACEPIPE_VERIFY: 'off' }), 'off');
  const file = join(folder, 'verify.yaml');
  for (const [written, value] of Object.entries({ on: 'on', no: undefined, false: 'off', '0.7': 0.7 })) {
    writeFileSync(file, `verify: ${written}\n`);
    if (value === undefined)
      assert.throws(() => verifyOf(`capture --config ${file}`), /Expected on, off or a number/);
    else assert.equal(verifyOf(`capture --config ${file}`), value);
  }
});

test('jpg is jpeg', () => {
  const { options } = parse('capture --format jpg') as Extract<
    ReturnType<typeof parse>,
    { command: 'capture' }
  >;
  assert.equal(options.format, 'jpeg');
});
