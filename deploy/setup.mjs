// What a Compose project needs before it starts, made once and kept in its volumes. In both images as
// /facepipe/setup.mjs:
//
//   setup.mjs broker [--name NAME]… [--camera NAME]… [--login FOLDER=USER]…
//     /run/broker, all that the broker gets: the access rules of /acl, with those of a capture for each --camera
//     (once called --user); hashed passwords of their users; with --name a certificate for these names.
//     /run/login/FOLDER: the password of USER and the authority's certificate. /run/setup, which no service mounts:
//     passwords and the authority's key. What is in /given is taken from there (USER.password, ca.pem, server.pem,
//     server.key); what is in neither is made.
//   setup.mjs users [--cameras]
//     For a pod: /run/broker from /acl, /tls, and /users, where a file of each user's name has the password. With
//     --cameras who is none of the users that the access rules name is a capture.
//   setup.mjs cloud       /run/login/cloud: $CLOUD_PASSWORD, and $CLOUD_CA or the authorities that Node.js knows
//   setup.mjs show USER   what the site of USER needs in its .env
//   setup.mjs store       /run/login/store/s3.json: the one who may use the store of this project, from AWS_…
//   setup.mjs bucket      makes the bucket of FACEPIPE_STORE, once its store answers
import { execFileSync } from 'node:child_process';
import { createPrivateKey, pbkdf2Sync, randomBytes, X509Certificate } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rootCertificates } from 'node:tls';
import { parseArgs } from 'node:util';

const [broker, own, login, given] = ['/run/broker', '/run/setup', '/run/login', '/given'];
/** The group of facepipe's programs, which may read their logins. */
const programs = 10001;
// whatever openssl and others make here is a secret
process.umask(0o077);
const days = { authority: 3650, server: 825, renew: 30 };
/** Of PBKDF2 with SHA-512: OWASP's Password Storage Cheat Sheet, 2023. */
const iterations = 210_000;

const say = (text) => console.log(`setup: ${text}`);
/** A mistake of the user's: one sentence, and the exit code of bad usage, which Compose shows. */
const fail = (text) => {
  console.error(`setup: ${text}`);
  process.exit(2);
};

/** For whoever runs this alone; the broker may refuse what others can read. All of it or nothing. */
function keep(folder, name, content) {
  writeFileSync(join(folder, `.${name}`), content, { mode: 0o600 });
  renameSync(join(folder, `.${name}`), join(folder, name));
}

function hand(folder, name, content) {
  const file = join(login, folder, name);
  writeFileSync(file, content, { mode: 0o600 });
  chownSync(file, process.getuid(), programs);
  // the programs run under another number, in this group
  chmodSync(file, 0o640);
}

/** As mosquitto_passwd writes it. */
function hash(password) {
  const salt = randomBytes(12);
  const key = pbkdf2Sync(password, salt, iterations, 64, 'sha512');
  return `$7$${iterations}$${salt.toString('base64')}$${key.toString('base64')}`;
}

const passwordFile = (users) => users.map(([user, password]) => `${user}:${hash(password)}\n`).join('');

function passwordOf(user) {
  const file = [join(given, `${user}.password`), join(own, `${user}.password`)].find(existsSync);
  const password = file ? readFileSync(file, 'utf8').split('\n')[0] : randomBytes(24).toString('base64url');
  keep(own, `${user}.password`, `${password}\n`);
  return password;
}

/** Its own faces, visits and status, and the receipts of its own faces. */
const rulesOf = (camera) => `
user ${camera}
topic write facepipe/${camera}/faces
topic write facepipe/${camera}/visits
topic readwrite facepipe/${camera}/status
topic read facepipe/${camera}/stored
`;

/**
 * The access rules, and the users they are for. Each camera has its own there, or gets them.
 * @param others get those of a camera, too, where the rules do not name them
 */
function access(cameras, others = []) {
  const rules = readFileSync('/acl', 'utf8');
  const [, ...blocks] = rules.split(/^user +/m);
  const named = new Map(blocks.map((block) => [block.split('\n', 1)[0].trim(), block]));
  for (const camera of [...cameras, ...others]) {
    if (/[/+#:\p{Cc}]|^\s|\s$|^$/u.test(camera)) fail(`no user can be called ${JSON.stringify(camera)}`);
  }
  for (const camera of cameras) {
    if (named.has(camera) && !named.get(camera).includes(` facepipe/${camera}/faces`))
      fail(`${camera} is another user of the access rules: give the camera another name`);
  }
  const missing = [...new Set([...cameras, ...others])].filter((user) => !named.has(user));
  return { rules: [rules, ...missing.map(rulesOf)].join(''), users: [...named.keys(), ...missing] };
}

/** What an older setup left in the broker's volume goes where the broker cannot read it. */
function moveOut() {
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const made = ['ca.key', 'ca.srl', 'names', 'server.csr', 'server.ext', 'openssl.cnf', 'mosquitto_sub'];
  const moved = readdirSync(broker).filter((name) => made.includes(name) || name.endsWith('.password'));
  if (moved.includes('ca.key') && !existsSync(join(own, 'ca.pem')) && existsSync(join(broker, 'ca.pem')))
    keep(own, 'ca.pem', readFileSync(join(broker, 'ca.pem')));
  for (const name of moved) {
    const login = name === 'mosquitto_sub' || name === 'health.password';
    if (!login && !existsSync(join(own, name))) keep(own, name, readFileSync(join(broker, name)));
    rmSync(join(broker, name));
  }
  if (moved.length > 0) say('moved passwords and the key of the authority out of the broker’s volume');
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
  keep(own, 'openssl.cnf', opensslConfig);
  const env = { ...process.env, OPENSSL_CONF: join(own, 'openssl.cnf') };
  execFileSync('openssl', args, { cwd: own, env, stdio: 'pipe' });
}

/** The certificate, if it and its key are there, belong together, and it is good for so many days more. */
function certificateIn(folder, name, days = 0) {
  const [pem, key] = [`${name}.pem`, `${name}.key`].map((file) => join(folder, file));
  if (!existsSync(pem) || !existsSync(key)) return undefined;
  const certificate = new X509Certificate(readFileSync(pem));
  if (!certificate.checkPrivateKey(createPrivateKey(readFileSync(key)))) return undefined;
  return Date.parse(certificate.validTo) > Date.now() + days * 86_400_000 ? certificate : undefined;
}

function makeCertificate(names) {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  if (!certificateIn(own, 'ca')) {
    const file = ['-keyout', 'ca.key', '-out', 'ca.pem', '-days', String(days.authority)];
    openssl('req', '-x509', ...key, ...file, '-subj', `/CN=facepipe ${randomBytes(4).toString('hex')}`);
    say(`made an authority for ${days.authority} days`);
  }
  const subject = names.map((name) => `${isIP(name) ? 'IP' : 'DNS'}:${name}`).join(',');
  const settled = existsSync(join(own, 'names')) && readFileSync(join(own, 'names'), 'utf8') === subject;
  const authority = readFileSync(join(own, 'ca.pem'));
  const signed = certificateIn(broker, 'server', days.renew)?.checkIssued(new X509Certificate(authority));
  if (settled && signed) return;
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', `/CN=${names[0]}`);
  keep(own, 'server.ext', `subjectAltName=${subject}\nextendedKeyUsage=serverAuth\n`);
  const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', String(days.server)];
  openssl('x509', '-req', '-in', 'server.csr', ...by, '-extfile', 'server.ext', '-out', 'server.pem');
  for (const name of ['server.pem', 'server.key']) keep(broker, name, readFileSync(join(own, name)));
  rmSync(join(own, 'server.key'));
  keep(own, 'names', subject);
  say(`made a certificate for ${names.join(', ')}`);
}

/** The certificate of the broker; gives what its clients are to trust. */
function certificate(names) {
  const taken = existsSync(join(given, 'server.pem'));
  if (taken)
    for (const name of ['server.pem', 'server.key']) keep(broker, name, readFileSync(join(given, name)));
  else makeCertificate(names);
  const file = join(taken ? given : own, 'ca.pem');
  const authority = existsSync(file) ? readFileSync(file) : rootCertificates.join('\n');
  keep(broker, 'ca.pem', authority);
  if (taken) say('took the certificate that is given');
  return authority;
}

function setUpBroker({ name: names = [], camera: cameras = [], login: logins = [] }) {
  moveOut();
  const { rules, users } = access(cameras);
  const authority = names.length > 0 ? certificate([...new Set(names)]) : undefined;
  const passwords = new Map(users.map((user) => [user, passwordOf(user)]));
  keep(broker, 'passwords', passwordFile([...passwords]));
  keep(broker, 'acl', rules);
  for (const entry of logins) {
    const [, folder, user] = /^([^=]+)=(.*)$/.exec(entry) ?? [];
    if (!passwords.has(user)) fail(`the access rules name no user ${user}`);
    hand(folder, 'password', `${passwords.get(user)}\n`);
    if (authority) hand(folder, 'ca.pem', authority);
  }
  say(`users: ${users.join(', ')}`);
}

function setUpUsers({ cameras }) {
  // a Secret's own folders begin with two dots
  const filesIn = (folder) => readdirSync(folder).filter((name) => !name.startsWith('.'));
  const read = (folder, name) => readFileSync(join(folder, name));
  const users = filesIn('/users');
  const firstLine = (user) => read('/users', user).toString('utf8').split('\n')[0];
  keep(broker, 'passwords', passwordFile(users.map((user) => [user, firstLine(user)])));
  keep(broker, 'acl', access([], cameras ? users : []).rules);
  if (existsSync('/tls')) for (const name of filesIn('/tls')) keep(broker, name, read('/tls', name));
  say(`users: ${users.join(', ')}`);
}

function setUpCloud({ CLOUD_PASSWORD: password, CLOUD_CA: authority }) {
  if (!password)
    fail(
      'CLOUD_PASSWORD is not set; `docker compose run --rm setup show SITE` in the cloud says what belongs in .env',
    );
  hand('cloud', 'password', `${password}\n`);
  hand('cloud', 'ca.pem', authority || rootCertificates.join('\n'));
}

function show(user, { CLOUD_HOST: host }) {
  if (!host)
    fail(
      'CLOUD_HOST is not set: write the name or address at which edges reach this machine into .env, and `docker compose up -d` again for the certificate',
    );
  const file = join(own, `${user}.password`);
  if (!existsSync(file))
    fail(
      `there is no user ${user}; there are ${readdirSync(own)
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
    camera: { type: 'string', multiple: true },
    user: { type: 'string', multiple: true },
    login: { type: 'string', multiple: true },
    cameras: { type: 'boolean' },
  },
});
const [command, argument] = positionals;
const { env } = process;
const cameras = [...(values.camera ?? []), ...(values.user ?? [])];
if (command === 'broker') setUpBroker({ ...values, camera: cameras });
else if (command === 'users') setUpUsers(values);
else if (command === 'cloud') setUpCloud(env);
else if (command === 'show' && argument) show(argument, env);
else if (command === 'store') setUpStore(env);
else if (command === 'bucket') await makeBucket(env);
else fail('broker, users, cloud, show USER, store or bucket was expected');
