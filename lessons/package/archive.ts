import { strToU8, type Zippable, zipSync } from 'fflate';
import { cmi5Structure } from './cmi5-structure.ts';
import type { BuiltPage } from './page-build.ts';
import { type Contents, scorm12Manifest, scorm2004Manifest } from './scorm-manifest.ts';
import type { Format, Subject } from './subject.ts';

/** The first day that a zip knows: the same files make the same archive. */
const DAY = new Date(1980, 0, 1);

const MANIFESTS: Readonly<Record<Format, readonly [file: string, write: (contents: Contents) => string]>> = {
  scorm12: ['imsmanifest.xml', scorm12Manifest],
  scorm2004: ['imsmanifest.xml', scorm2004Manifest],
  cmi5: ['cmi5.xml', cmi5Structure],
};

/** The package as a system takes it in. */
export function packageOf(
  { about, files }: BuiltPage,
  { kind, id, language, format }: Subject,
  passMark: number | undefined,
): Uint8Array {
  const [name, write] = MANIFESTS[format];
  const manifest = write({
    identifier: `drydock-${kind}-${id.replace('/', '-')}-${language}`,
    about,
    files: Object.keys(files),
    ...(passMark === undefined ? {} : { passMark }),
  });
  const all: Zippable = { [name]: strToU8(manifest), ...files };
  return zipSync(all, { mtime: DAY });
}
