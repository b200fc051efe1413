import { Errno } from '../linux/errno.ts';
import { printError } from '../linux/stdio.ts';
import type { Process, Program } from '../linux/syscalls.ts';

const CONFIGURATION = '/etc/kube-router/cni-conf.json';
const CONFLIST = '/etc/cni/net.d/10-kuberouter.conflist';
/** In the image, and where the host's directory is mounted. */
const PLUGINS = '/usr/libexec/cni';
const TARGET = '/opt/cni/bin';

/**
 * `install-cni`: lays the runtime's network configuration and the plugins onto the host. (The real image does it with a
 * shell script and a program of this name.) A configuration that is there already stays.
 */
export const cniInstall: Program = function* (process) {
  try {
    for (const { name } of process.readdir(PLUGINS)) install(process, `${PLUGINS}/${name}`, `${TARGET}/${name}`, 0o755);
    if (!process.access(CONFLIST, 'exists')) install(process, CONFIGURATION, CONFLIST, 0o644);
    return 0;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* printError(process, `cni-install: ${error.message.toLowerCase()}\n`);
    return 1;
  }
};

/** Aside first, so that nobody reads half of it. */
function install(process: Process, from: string, to: string, mode: number): void {
  const aside = to.replace(/[^/]*$/, '.tmp-kuberouter');
  process.writeFile(aside, process.readFile(from));
  process.chmod(aside, mode);
  process.rename(aside, to);
}
