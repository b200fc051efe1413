import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { readCertificates } from '../../tls/certificate.ts';
import { readChain } from '../../tls/chain.ts';
import { writePem } from '../../tls/pem.ts';
import { TlsError } from '../../tls/record.ts';
import { shakeHands } from '../../tls/tls-client.ts';
import { CIPHER, PROTOCOL } from '../../tls/tls-server.ts';
import { judgeChain } from '../../tls/trust.ts';
import { resolveHost } from '../resolve.ts';
import { dateText, lineName } from './certificate-text.ts';
import { OpensslError, type Words } from './words.ts';

/** `s_client`: greets a server and shows its certificates. It ends there: nothing is sent on. */
export function* connectTo(process: Process, words: Words): Task<number> {
  const target = words.value('connect') ?? words.operands[0] ?? '';
  const [, host = '', port] = /^([^:]+):(\d+)$/.exec(target) ?? [];
  if (port === undefined) throw new OpensslError('the host and the port are given with -connect host:port');
  const address = yield* resolveHost(process, host);
  if (address === undefined) throw new OpensslError(`BIO_lookup_ex:system lib: ${host}: Name or service not known`);
  let fd: number;
  try {
    fd = yield* process.connect(address, Number(port), 10_000);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new OpensslError(`BIO_connect:${error.message.toLowerCase()}\nconnect:errno=111`);
  }
  const serverName = words.value('servername') ?? (/^[\d.]+$/.test(host) ? undefined : host);
  try {
    const { chain: shown } = yield* shakeHands(process, fd, serverName === undefined ? {} : { serverName });
    const chain = readChain(shown);
    const trusted = words.value('CAfile') === undefined ? [] : readCertificates(words.file(words.value('CAfile')!));
    const distrust = judgeChain(chain, trusted, process.now());
    const lines = chain.flatMap(({ subject, issuer, notBeforeMs, notAfterMs, der }, at) => [
      ` ${at} s:${lineName(subject)}`,
      `   i:${lineName(issuer)}`,
      `   v:NotBefore: ${dateText(notBeforeMs)}; NotAfter: ${dateText(notAfterMs)}`,
      ...(words.has('showcerts') || at === 0 ? [writePem('CERTIFICATE', der).trimEnd()] : []),
    ]);
    const verified = distrust === undefined ? '0 (ok)' : `${distrust.code} (${distrust.reason})`;
    yield* print(
      process,
      `CONNECTED(00000003)\n---\nCertificate chain\n${lines.join('\n')}\n---\nServer certificate\nsubject=${lineName(chain[0]?.subject ?? [])}\nissuer=${lineName(chain[0]?.issuer ?? [])}\n---\nNew, ${PROTOCOL}, Cipher is ${CIPHER}\nVerify return code: ${verified}\n---\n`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof TlsError)) throw error;
    yield* printError(process, `CONNECTED(00000003)\nerror:${error.code}:SSL routines::${error.message}\n`);
    return 1;
  } finally {
    process.close(fd);
  }
}
