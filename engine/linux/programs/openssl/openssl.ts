import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { fail, print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { type Certificate, readCertificates } from '../../tls/certificate.ts';
import { DerError } from '../../tls/der.ts';
import { writePem } from '../../tls/pem.ts';
import { judgeChain } from '../../tls/trust.ts';
import { apr1Password } from '../apr1.ts';
import { type ProgramMaker, program } from '../program.ts';
import { certificateText, dateText, lineName } from './certificate-text.ts';
import { request, sign, writeKey } from './requests.ts';
import { connectTo } from './s-client.ts';
import { OpensslError, Words } from './words.ts';

type Command = (process: Process, words: Words) => Task<number>;

const COMMANDS: Readonly<Record<string, Command>> = Object.assign(Object.create(null), {
  *version(process) {
    yield* print(process, 'OpenSSL 3.5.4 30 Sep 2025 (Library: OpenSSL 3.5.4 30 Sep 2025)\n');
    return 0;
  },
  req: request,
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
  s_client: connectTo,
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
  if (!words.has('noout')) yield* print(process, writePem('CERTIFICATE', certificate.der));
  return 0;
}

function shown(certificate: Certificate, words: Words): readonly string[] {
  const { subject, issuer, notBeforeMs, notAfterMs, dnsNames, addresses, serial } = certificate;
  const lines: string[] = [];
  const names = [...dnsNames.map((name) => `DNS:${name}`), ...addresses.map((address) => `IP Address:${address}`)];
  if (words.has('text')) lines.push(...certificateText(certificate));
  if (words.has('serial')) lines.push(`serial=${serial.toUpperCase()}`);
  if (words.has('subject')) lines.push(`subject=${lineName(subject)}`);
  if (words.has('issuer')) lines.push(`issuer=${lineName(issuer)}`);
  if (words.has('dates') || words.has('startdate')) lines.push(`notBefore=${dateText(notBeforeMs)}`);
  if (words.has('dates') || words.has('enddate')) lines.push(`notAfter=${dateText(notAfterMs)}`);
  if (words.value('ext') === 'subjectAltName' && names.length > 0)
    lines.push('X509v3 Subject Alternative Name: ', `    ${names.join(', ')}`);
  return lines;
}
