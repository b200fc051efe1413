import { aptCache } from './apt-cache.ts';
import { createApt, createAptGet } from './apt-get.ts';
import { aptMark } from './apt-mark.ts';
import { createDpkg } from './dpkg.ts';
import type { PackageSurroundings } from './package.ts';

/** The package manager of a Debian machine. https://wiki.debian.org/PackageManagement */
export function createDebianTools(surroundings: PackageSurroundings) {
  const aptGet = createAptGet(surroundings);
  return {
    apt: createApt(aptGet, aptCache),
    'apt-cache': aptCache,
    'apt-get': aptGet,
    'apt-mark': aptMark,
    dpkg: createDpkg(surroundings),
  };
}
