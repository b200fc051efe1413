import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { hexOf } from '../../hash.ts';
import { fail, print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { type Certificate, readCertificates } from '../../tls/certificate.ts';
import { DerError } from '../../tls/der.ts';
import { writePem } from '../../tls/pem.ts';
import { randomBytes } from '../../tls/tls-client.ts';
import { judgeChain } from '../../tls/trust.ts';
import { apr1Password } from '../apr1.ts';
import { type ProgramMaker, program } from '../program.ts';
import { certificateText, dateText, extensionsOf, lineName } from './certificate-text.ts';
import { DIGESTS, dgst } from './dgst.ts';
import { namedExtensions } from './extension-text.ts';
import { pkey, publicKeyPem, rsa } from './public-keys.ts';
import { request, showRequest, sign, writeKey } from './requests.ts';
import { connectTo } from './s-client.ts';
import { OpensslError, Words } from './words.ts';

type Command = (process: Process, words: Words) => Task<number>;

const COMMANDS: Readonly<Record<string, Command>> = Object.assign(Object.create(null), {
  *version(process) {
    yield* print(process, 'OpenSSL 3.5.4 30 Sep 2025 (Library: OpenSSL 3.5.4 30 Sep 2025)\n');
    return 0;
  },
  req: (process, words) =>
    (words.has('new') || words.has('x509') || words.has('newkey') ? request : showRequest)(process, words),
  genrsa: (process, words) => writeKey(process, words.value('out')),
  genpkey: (process, words) => writeKey(process, words.value('out')),
  *x509(process, words) {
    if (words.has('req')) return yield* sign(process, words);
    return yield* show(process, words);
  },
  *verify(process, words) {
    const trusted = readCertificates(words.file(words.value('CAfile') ?? ''));
    for (const path of words.operands) {
      const chain = readCertificates(words.file(path));
      const distrust = judgeChain(chain, trusted, process.now());
      if (distrust === undefined) yield* print(process, `${path}: OK\n`);
      else {
        const name = lineName(chain[0]?.subject ?? []);
        yield* printError(
          process,
          `${name}\nerror ${distrust.code} at 0 depth lookup: ${distrust.reason}\nerror ${path}: verification failed\n`,
        );
        return 2;
      }
    }
    return 0;
  },
  *passwd(process, words) {
    const salt = words.value('salt') ?? 'drydock1';
    if (!words.has('apr1')) throw new OpensslError('only passwords of the kind -apr1 are there');
    yield* print(process, `${apr1Password(words.operands[0] ?? '', salt)}\n`);
    return 0;
  },
  *rand(process, words) {
    const bytes = yield* randomBytes(process, Number(words.operands[0] ?? 0));
    if (words.has('hex')) yield* print(process, `${hexOf(bytes)}\n`);
    else if (words.has('base64'))
      yield* print(process, `${btoa(String.fromCharCode(...bytes)).replaceAll(/.{64}(?=.)/g, '$&\n')}\n`);
    else yield* process.write(1, bytes);
    return 0;
  },
  s_client: connectTo,
  rsa,
  pkey,
  dgst: (process, words) => dgst(process, words),
  ...Object.fromEntries(Object.keys(DIGESTS).map((name) => [name, (process, words) => dgst(process, words, name)])),
} satisfies Readonly<Record<string, Command>>);

/** openssl, as far as certificates for servers are made, shown and tried. */
export const openssl: ProgramMaker = program(function* (process, args) {
  const [name = '', ...rest] = args;
  const command = COMMANDS[name];
  if (command === undefined)
    return yield* fail(process, `Invalid command '${name}'; there are: ${Object.keys(COMMANDS).join(', ')}.`);
  try {
    return yield* command(process, new Words(process, rest));
  } catch (error) {
    if (error instanceof OpensslError || error instanceof DerError || error instanceof Errno) {
      yield* printError(process, `${name}: ${error.message}\n`);
      return 1;
    }
    throw error;
  }
});

function* show(process: Process, words: Words): Task<number> {
  const path = words.value('in');
  const text = path === undefined ? yield* words.input() : words.file(path);
  const [certificate] = readCertificates(text);
  if (certificate === undefined) throw new OpensslError(`Could not find certificate from ${path ?? '<stdin>'}`);
  for (const line of shown(certificate, words)) yield* print(process, `${line}\n`);
  const expires =
    words.has('checkend') && certificate.notAfterMs < process.now() + Number(words.value('checkend')) * 1000;
  if (words.has('checkend')) yield* print(process, `Certificate will ${expires ? '' : 'not '}expire\n`);
  if (!words.has('noout')) yield* print(process, writePem('CERTIFICATE', certificate.der));
  return expires ? 1 : 0;
}

/** In the order in which they were asked for. */
function shown(certificate: Certificate, words: Words): readonly string[] {
  return words.named.flatMap(([name, value]) => FIELDS[name]?.(certificate, value) ?? []);
}

type Field = (certificate: Certificate, value: string) => readonly string[];

const FIELDS: Readonly<Record<string, Field>> = {
  text: certificateText,
  serial: ({ serial }) => [`serial=${serial.toUpperCase()}`],
  subject: ({ subject }) => [`subject=${lineName(subject)}`],
  issuer: ({ issuer }) => [`issuer=${lineName(issuer)}`],
  dates: ({ notBeforeMs, notAfterMs }) => [`notBefore=${dateText(notBeforeMs)}`, `notAfter=${dateText(notAfterMs)}`],
  startdate: ({ notBeforeMs }) => [`notBefore=${dateText(notBeforeMs)}`],
  enddate: ({ notAfterMs }) => [`notAfter=${dateText(notAfterMs)}`],
  pubkey: (certificate) => [publicKeyPem(certificate)],
  modulus: ({ publicKey }) => [`Modulus=${publicKey.toUpperCase()}`],
  ext: (certificate, value) => namedExtensions(extensionsOf(certificate), value.split(',')),
};
