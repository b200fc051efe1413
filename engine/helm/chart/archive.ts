import { gunzipSync, gzipSync } from 'fflate';
import { BLOCK_BYTES, padded, TarError, tarEntries, tarHeader } from '../../linux/programs/archive/tar-format.ts';
import { HelmError } from '../helm-error.ts';
import type { Chart, ChartFile } from './chart.ts';

const MAGIC = [0x1f, 0x8b];

/** The files of a chart archive, by their paths in the chart; the directory that they lie in is taken away. @throws HelmError */
export function unpackArchive(bytes: Uint8Array): readonly ChartFile[] {
  if (!MAGIC.every((byte, at) => bytes[at] === byte)) {
    throw new HelmError("file does not appear to be a gzipped archive; got 'application/octet-stream'");
  }
  try {
    const entries = [...tarEntries(gunzipSync(bytes))];
    return entries
      .filter(({ entry }) => entry.type === 'file')
      .map(({ entry, content }) => ({ name: entry.name.replace(/^(\.\/)?[^/]+\//, ''), data: content }));
  } catch (error) {
    if (error instanceof TarError) throw new HelmError(error.message);
    throw new HelmError('gzip: invalid header');
  }
}

/** A chart as a .tgz, in a directory of the chart's name. The same chart gives the same bytes. */
export function packArchive(chart: Chart): Uint8Array {
  const blocks = chart.raw.flatMap(({ name, data }) => [
    ...tarHeader({
      name: `${chart.metadata.name}/${name}`,
      type: 'file',
      mode: 0o644,
      uid: 0,
      gid: 0,
      userName: '',
      groupName: '',
      size: data.length,
      modifiedMs: 0,
      target: '',
    }),
    padded(data),
  ]);
  const whole = new Uint8Array(blocks.reduce((sum, block) => sum + block.length, 2 * BLOCK_BYTES));
  let at = 0;
  for (const block of blocks) {
    whole.set(block, at);
    at += block.length;
  }
  return gzipSync(whole, { mtime: 0 });
}
