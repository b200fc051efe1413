import type { FileTree } from '../linux/host.ts';
import { print, printError } from '../linux/stdio.ts';
import type { Program } from '../linux/syscalls.ts';

/** The plugins that a network agent lays into /opt/cni/bin. */
const PLUGINS: Readonly<Record<string, number>> = {
  bridge: 4_655_178,
  'host-local': 4_019_592,
  loopback: 4_081_672,
  portmap: 4_518_472,
};

const VERSIONS = '0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0';

/** The files of plugins, below this directory. */
export function pluginFiles(directory = '/opt/cni/bin'): FileTree {
  return Object.fromEntries(
    Object.entries(PLUGINS).map(([name, size]) => [`${directory}/${name}`, { program: pluginProgram(name), size }]),
  );
}

/**
 * Whoever starts a plugin by hand is told its version. (The runtime does not start these files, though it needs them to be
 * there: what they do, `bridge-plugin.ts` does.)
 */
function pluginProgram(name: string): Program {
  return function* (process) {
    if (process.env['CNI_COMMAND'] !== undefined) {
      const msg = 'plugins are driven by the runtime here';
      yield* print(process, `${JSON.stringify({ code: 100, msg }, undefined, 4)}\n`);
      return 1;
    }
    yield* printError(process, `CNI ${name} plugin v1.7.1\nCNI protocol versions supported: ${VERSIONS}\n`);
    return 0;
  };
}
