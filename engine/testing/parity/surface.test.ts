import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findBinary } from '../../http/testing/kubectl-binary.ts';
import type { Command } from '../../kubectl/command.ts';
import { GLOBAL_FLAGS } from '../../kubectl/global-flags.ts';
import { root } from '../../kubectl/root.ts';
import { ourSurface, realSurface, type Surface } from './surface.ts';

// Every command of the real kubectl, and every flag of it with its letter and what it is unless given.

const binary = findBinary('kubectl');
if ('missing' in binary)
  console.warn(`KUBECTL'S FLAGS ARE NOT COMPARED, the real one cannot run here: ${binary.missing}`);

/** A flag of every command stands in for one that the real help shows once more with a command. */
const GLOBAL = new Set(GLOBAL_FLAGS.map(({ name }) => name));

test.skipIf('missing' in binary)('kubectl has every command and every flag of the real one', () => {
  const home = mkdtempSync(join(tmpdir(), 'drydock-surface-'));
  let real: Surface;
  try {
    real = realSurface((binary as { readonly path: string }).path, home);
  } finally {
    rmSync(home, { recursive: true });
  }
  const ours = ourSurface(withOptions(root));
  const missing = [...real].flatMap(([path, flags]) => {
    const own = ours.get(path);
    if (own === undefined) return [path];
    return flags
      .filter(({ name }) => path === 'kubectl options' || !GLOBAL.has(name))
      .filter(
        (flag) =>
          !own.some((one) => one.name === flag.name && one.short === flag.short && one.default === flag.default),
      )
      .map(({ short, name, default: value }) => `${path} ${short === '' ? '' : `-${short} `}--${name}=${value}`);
  });
  expect(missing).toEqual([]);
});

/** `kubectl options` shows the flags that all commands share. */
function withOptions(command: Command): Command {
  const shown = (command.subcommands ?? []).map((sub) =>
    sub.name === 'options' ? { ...sub, flags: GLOBAL_FLAGS } : sub,
  );
  return { ...command, subcommands: shown };
}
