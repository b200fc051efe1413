import type { FileTree } from '../linux/host.ts';

/** A binary package as an archive offers it. https://www.debian.org/doc/debian-policy/ch-controlfields.html */
export interface Package {
  readonly name: string;
  readonly version: string;
  readonly section: string;
  /** One line. */
  readonly description: string;
  readonly maintainer: string;
  readonly homepage?: string;
  readonly depends?: string;
  readonly architecture: 'amd64' | 'all';
  /** What it takes when installed. */
  readonly installedKib: number;
  /** Of the .deb. */
  readonly sizeBytes: number;
}

/** What lies at the URL of a line in sources.list. */
export interface Archive {
  /** `https://pkgs.k8s.io/core:/stable:/v1.36/deb/` */
  readonly url: string;
  /** Where it is really kept, which is what apt-get shows of it while it loads. */
  readonly mirror: string;
  /** How apt-get names it: `Debian:13.2/stable` */
  readonly label: string;
  readonly packages: readonly Package[];
}

/** What the package manager of a machine reaches. */
export interface PackageSurroundings {
  archiveAt(url: string): Archive | undefined;
  /** What a package puts on this machine's disk. */
  filesOf(name: string, version: string): FileTree;
  unpack(tree: FileTree): void;
}
