import { print, printError } from '../../linux/stdio.ts';
import type { Program } from '../../linux/syscalls.ts';
import { humanBytes, json, table } from './output.ts';
import { EtcdctlError } from './session.ts';
import { snapshotStatus } from './snapshot.ts';

const STORAGE_VERSION = '3.6.0';

/** `etcdutl snapshot status`; what is in etcd's data directory is not a matter of files here, so nothing is restored into one. */
export const etcdutl: Program = function* (process) {
  const words = process.argv.slice(1);
  const flag = words.findIndex((word) => /^(?:-w|--write-out)(?:=|$)/.test(word));
  const format = flag < 0 ? 'simple' : (words[flag]!.split('=')[1] ?? words[flag + 1] ?? '');
  const [group, verb, path] = words.filter(
    (word, index) => !word.startsWith('-') && !(index === flag + 1 && flag >= 0 && !words[flag]!.includes('=')),
  );
  try {
    if (group !== 'snapshot' || verb === undefined) throw new EtcdctlError('unknown command for "etcdutl"');
    if (verb === 'restore') {
      throw new EtcdctlError(
        'snapshot restore is not supported by this simulation: its etcd has no data directory to restore into',
      );
    }
    if (verb !== 'status' || path === undefined)
      throw new EtcdctlError('snapshot status requires exactly one argument', 128);
    const { hash, revision, totalKeys, totalBytes } = snapshotStatus(process, path);
    const row = [hash, String(revision), String(totalKeys), humanBytes(totalBytes), STORAGE_VERSION];
    if (format === 'table') {
      yield* print(process, table(['HASH', 'REVISION', 'TOTAL KEYS', 'TOTAL SIZE', 'VERSION'], [row]));
    } else if (format === 'json') {
      const hashNumber = Number.parseInt(hash, 16);
      yield* print(
        process,
        json({ hash: hashNumber, revision, totalKey: totalKeys, totalSize: totalBytes, version: STORAGE_VERSION }),
      );
    } else yield* print(process, `${row.join(', ')}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof EtcdctlError)) throw error;
    yield* printError(process, `Error: ${error.message}\n`);
    return error.exitCode;
  }
};
