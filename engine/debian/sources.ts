import type { Process } from '../linux/syscalls.ts';
import { textOf } from './database.ts';
import type { Archive } from './package.ts';
import { readStanzas, type Stanza, stanzaOf, writeStanzas } from './stanza.ts';
import { compareVersions } from './version-order.ts';

const SOURCES = '/etc/apt/sources.list';
const MORE_SOURCES = '/etc/apt/sources.list.d';
const LISTS = '/var/lib/apt/lists';

/** A line of sources.list. https://manpages.debian.org/trixie/apt/sources.list.5.en.html */
export interface Source {
  readonly url: string;
  /** `trixie`, or `/` for an archive that is one directory. */
  readonly suite: string;
  readonly components: readonly string[];
}

/** A version that the lists know, and where it is to be had. */
export interface Offer {
  readonly name: string;
  readonly version: string;
  readonly stanza: Stanza;
  readonly source: Source;
}

export function readSources(process: Process): readonly Source[] {
  const more = process.access(MORE_SOURCES, 'exists')
    ? process
        .readdir(MORE_SOURCES)
        .map(({ name }) => name)
        .filter((name) => name.endsWith('.list'))
        .sort()
        .map((name) => `${MORE_SOURCES}/${name}`)
    : [];
  return [SOURCES, ...more].flatMap((path) =>
    textOf(process, path)
      .split('\n')
      .flatMap((line) => sourceOf(line)),
  );
}

function sourceOf(line: string): Source[] {
  const [, url, suite, components = ''] = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s*(.*)$/.exec(line.trim()) ?? [];
  if (url === undefined || suite === undefined) return [];
  return [{ url, suite, components: components.split(/\s+/).filter((each) => each !== '') }];
}

/** How apt names a source: `https://pkgs.k8s.io/core:/stable:/v1.36/deb  Packages` */
export function nameOf({ url, suite, components }: Source): string {
  const base = url.replace(/\/$/, '');
  return suite === '/' ? `${base}  Packages` : `${base} ${suite}/${components[0] ?? 'main'} amd64 Packages`;
}

/** Where the list of a source is kept once it has been loaded. */
export function listPath({ url, suite, components }: Source): string {
  const place = suite === '/' ? '' : `dists/${suite}/${components[0] ?? 'main'}/binary-amd64/`;
  const name = `${url.replace(/^\w+:\/\//, '').replace(/\/?$/, '/')}${place}Packages`;
  return `${LISTS}/${name.replaceAll('/', '_')}`;
}

/** What an archive lists. */
export function listOf({ packages }: Pick<Archive, 'packages'>): string {
  return writeStanzas(packages.map(stanzaOf));
}

/** Whatever the loaded lists offer, by name, the latest version first. */
export function readOffers(process: Process): ReadonlyMap<string, readonly Offer[]> {
  const offers = new Map<string, Offer[]>();
  for (const source of readSources(process)) {
    for (const stanza of readStanzas(textOf(process, listPath(source)))) {
      const [name = '', version = ''] = [stanza.get('Package'), stanza.get('Version')];
      const known = offers.get(name) ?? [];
      offers.set(name, known);
      if (!known.some((offer) => offer.version === version)) known.push({ name, version, stanza, source });
    }
  }
  for (const known of offers.values()) known.sort((a, b) => compareVersions(b.version, a.version));
  return offers;
}
