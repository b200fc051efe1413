import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

test('the server’s own thread loads no engine: that is for the threads that grade', async () => {
  const { metafile } = await build({
    entryPoints: [join(import.meta.dirname, '../cli.ts')],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    external: ['pg-native'],
  });
  const files = Object.keys(metafile.inputs);
  expect(files.filter((file) => file.includes('engine/'))).toEqual([]);
  expect(files).toContain('graders/chosen-variant.ts');
});
