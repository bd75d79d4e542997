// What a Compose project needs before it starts, made once and kept in its volumes. In both images as /facepipe/setup.mjs:
//
//   setup.mjs broker [--name NAME]… [--user NAME]… [--login FOLDER=USER]…
//     /run/broker: passwords and access rules of the users that /acl names, and of each --user; with --name a certificate for
//     these names. /run/login/FOLDER: the password of USER and the authority's certificate. What is in /given is taken from
//     there (USER.password, ca.pem, server.pem, server.key); what is in neither is made, with an authority of its own.
//   setup.mjs cloud       /run/login/cloud: $CLOUD_PASSWORD, and $CLOUD_CA or the authorities that Node.js knows
//   setup.mjs show USER   what the site of USER needs in its .env
//   setup.mjs store       /run/login/store/s3.json: the one who may use the store of this project, from AWS_…
//   setup.mjs bucket      makes the bucket of FACEPIPE_STORE, once its store answers
import { execFileSync } from 'node:child_process';
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { chownSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import { parseArgs } from 'node:util';

const [broker, login, given] = ['/run/broker', '/run/login', '/given'];
/** The group of facepipe's programs, which may read their logins. */
const programs = 10001;
const days = { authority: 3650, server: 825, renew: 30 };

const say = (text) => console.log(`setup: ${text}`);
/** A mistake of the user's: one sentence, and the exit code of bad usage, which Compose shows. */
const fail = (text) => {
  console.error(`setup: ${text}`);
  process.exit(2);
};

/** For the broker alone: it may refuse what others can read. */
const keep = (name, content) => writeFileSync(join(broker, name), content, { mode: 0o600 });

function hand(folder, name, content) {
  const file = join(login, folder, name);
  writeFileSync(file, content, { mode: 0o640 });
  chownSync(file, process.getuid(), programs);
}

/** As mosquitto_passwd writes it: PBKDF2 with SHA-512. */
function hash(password) {
  const [iterations, salt] = [101, randomBytes(12)];
  const key = pbkdf2Sync(password, salt, iterations, 64, 'sha512');
  return `$7$${iterations}$${salt.toString('base64')}$${key.toString('base64')}`;
}

function passwordOf(user) {
  const own = join(broker, `${user}.password`);
  const file = [join(given, `${user}.password`), own].find(existsSync);
  const password = file ? readFileSync(file, 'utf8').split('\n')[0] : randomBytes(24).toString('base64url');
  keep(`${user}.password`, `${password}\n`);
  return password;
}

const opensslConfig = `[req]
distinguished_name = name
x509_extensions = authority
[name]
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
`;

function openssl(...args) {
  keep('openssl.cnf', opensslConfig);
  const env = { ...process.env, OPENSSL_CONF: join(broker, 'openssl.cnf') };
  execFileSync('openssl', args, { cwd: broker, env, stdio: 'pipe' });
}

function makeCertificate(names) {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  if (!existsSync(join(broker, 'ca.pem'))) {
    const file = ['-keyout', 'ca.key', '-out', 'ca.pem', '-days', String(days.authority)];
    openssl('req', '-x509', ...key, ...file, '-subj', `/CN=facepipe ${randomBytes(4).toString('hex')}`);
    say(`made an authority for ${days.authority} days`);
  }
  const subject = names.map((name) => `${isIP(name) ? 'IP' : 'DNS'}:${name}`).join(',');
  const settled =
    existsSync(join(broker, 'names')) && readFileSync(join(broker, 'names'), 'utf8') === subject;
  if (settled) {
    try {
      openssl('x509', '-in', 'server.pem', '-noout', '-checkend', String(days.renew * 86_400));
      return;
    } catch {
      say('the certificate of the broker is about to expire');
    }
  }
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', `/CN=${names[0]}`);
  keep('server.ext', `subjectAltName=${subject}\nextendedKeyUsage=serverAuth\n`);
  const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', String(days.server)];
  openssl('x509', '-req', '-in', 'server.csr', ...by, '-extfile', 'server.ext', '-out', 'server.pem');
  keep('names', subject);
  say(`made a certificate for ${names.join(', ')}`);
}

/** The certificate of the broker; gives what its clients are to trust. */
function certificate(names) {
  if (!existsSync(join(given, 'server.pem'))) {
    makeCertificate(names);
    return readFileSync(join(broker, 'ca.pem'));
  }
  for (const name of ['server.pem', 'server.key']) keep(name, readFileSync(join(given, name)));
  const own = join(given, 'ca.pem');
  const authority = existsSync(own) ? readFileSync(own) : rootCertificates.join('\n');
  keep('ca.pem', authority);
  say('took the certificate that is given');
  return authority;
}

/** Settings of mosquitto_sub, with which the broker's container asks whether it works; its certificate may name another host. */
function healthCheck(tls) {
  const settings = ['-u health', `-P ${passwordOf('health')}`, '-i health', '-V mqttv5'];
  const place = tls
    ? ['-h localhost', '-p 8883', `--cafile ${broker}/ca.pem`, '--insecure']
    : ['-h 127.0.0.1', '-p 1883'];
  keep('mosquitto_sub', `${[...settings, ...place].join('\n')}\n`);
}

function setUpBroker({ name: names = [], user: users = [], login: logins = [] }) {
  const rules = readFileSync('/acl', 'utf8');
  const authority = names.length > 0 ? certificate([...new Set(names)]) : undefined;
  healthCheck(authority !== undefined);
  const known = [...rules.matchAll(/^user (\S+)/gm)].map(([, user]) => user);
  const all = [...new Set([...known, ...users, 'health'])];
  keep('passwords', all.map((user) => `${user}:${hash(passwordOf(user))}\n`).join(''));
  keep('acl', `${rules}\nuser health\ntopic read $SYS/broker/version\n`);
  for (const entry of logins) {
    const [folder, user] = entry.split('=');
    if (!all.includes(user)) fail(`the access rules name no user ${user}`);
    hand(folder, 'password', `${passwordOf(user)}\n`);
    if (authority) hand(folder, 'ca.pem', authority);
  }
  say(`users: ${all.join(', ')}`);
}

function setUpCloud({ CLOUD_PASSWORD: password, CLOUD_CA: authority }) {
  if (!password)
    fail(
      'CLOUD_PASSWORD is not set; `docker compose run --rm setup show SITE` in the cloud says what belongs in .env',
    );
  hand('cloud', 'password', `${password}\n`);
  hand('cloud', 'ca.pem', authority || rootCertificates.join('\n'));
}

function show(user, { CLOUD_HOST: host = 'cloud.example' }) {
  const file = join(broker, `${user}.password`);
  if (!existsSync(file))
    fail(
      `there is no user ${user}; there are ${readdirSync(broker)
        .filter((name) => name.endsWith('.password'))
        .map((name) => name.slice(0, -9))
        .join(', ')}`,
    );
  const authority = readFileSync(join(broker, 'ca.pem'), 'utf8').trim().replaceAll('\n', '\\n');
  const known = existsSync(join(given, 'server.pem')) && !existsSync(join(given, 'ca.pem'));
  console.log(
    `CLOUD=mqtts://${host}:8883\nCLOUD_USER=${user}\nCLOUD_PASSWORD=${readFileSync(file, 'utf8').trim()}`,
  );
  if (!known) console.log(`CLOUD_CA="${authority}"`);
}

function setUpStore({ AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey }) {
  if (!accessKey || !secretKey)
    fail('set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in .env to what the store shall ask for');
  const identity = {
    name: 'facepipe',
    credentials: [{ accessKey, secretKey }],
    actions: ['Admin', 'Read', 'Write', 'List'],
  };
  writeFileSync(join(login, 'store', 's3.json'), JSON.stringify({ identities: [identity] }), { mode: 0o600 });
}

async function makeBucket({ FACEPIPE_STORE: store = '', FACEPIPE_ENDPOINT: endpoint }) {
  const [, Bucket] = /^s3:\/\/([^/]+)/.exec(store) ?? [];
  if (!Bucket) return say('FACEPIPE_STORE names no bucket');
  const { CreateBucketCommand, S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client({
    endpoint,
    forcePathStyle: true,
    region: process.env.AWS_REGION || 'us-east-1',
  });
  for (let attempt = 1; ; attempt++) {
    try {
      await client.send(new CreateBucketCommand({ Bucket }));
      return say(`made the bucket ${Bucket}`);
    } catch (error) {
      if (['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'].includes(error.name))
        return say(`the bucket ${Bucket} is there`);
      if (attempt === 60) fail(`the bucket ${Bucket} cannot be made: ${error.message}`);
      await sleep(2000);
    }
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string', multiple: true },
    user: { type: 'string', multiple: true },
    login: { type: 'string', multiple: true },
  },
});
const [command, argument] = positionals;
const { env } = process;
if (command === 'broker') setUpBroker(values);
else if (command === 'cloud') setUpCloud(env);
else if (command === 'show' && argument) show(argument, env);
else if (command === 'store') setUpStore(env);
else if (command === 'bucket') await makeBucket(env);
else fail('broker, cloud, show USER, store or bucket was expected');
