import { makeDirectories } from '../../linux/directory-tree.ts';
import { Errno } from '../../linux/errno.ts';
import type { Host } from '../../linux/host.ts';
import { decode } from '../../linux/stdio.ts';
import { HOME } from '../cluster.ts';

/** Most files that a listing shows; a learner's home holds a few. */
const MAX_LISTED_FILES = 500;

/** Writes a file on the workstation, making the directories on the way. */
export function writeWorkstationFile(host: Host, path: string, text: string): void {
  const absolute = absolutePath(path);
  makeDirectories(host.root, absolute.slice(0, absolute.lastIndexOf('/')));
  host.root.writeFile(absolute, text);
}

export function deleteWorkstationFile(host: Host, path: string): void {
  host.root.unlink(absolutePath(path));
}

/** The text of a file, or undefined when it is not there or no regular file. */
export function readWorkstationFile(host: Host, path: string): string | undefined {
  try {
    return decode(host.root.readFile(absolutePath(path)));
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

/** Regular files below a directory, hidden ones left out, as paths relative to it. */
export function listWorkstationFiles(host: Host, directory: string): readonly string[] {
  const found: string[] = [];
  const walk = (path: string, prefix: string): void => {
    for (const { name, type } of host.root.readdir(path)) {
      if (name.startsWith('.') || found.length >= MAX_LISTED_FILES) continue;
      if (type === 'directory') walk(`${path}/${name}`, `${prefix}${name}/`);
      else if (type === 'file') found.push(prefix + name);
    }
  };
  if (host.root.access(directory, 'exists')) walk(directory, '');
  return found;
}

function absolutePath(path: string): string {
  return path.startsWith('/') ? path : `${HOME}/${path}`;
}
