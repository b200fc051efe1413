import type { Package } from './package.ts';

/** A paragraph of a control file: fields in their order. */
export type Stanza = ReadonlyMap<string, string>;

/** Reads paragraphs that empty lines part. https://www.debian.org/doc/debian-policy/ch-controlfields.html#syntax-of-control-files */
export function readStanzas(text: string): Stanza[] {
  return text
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map(readStanza);
}

function readStanza(paragraph: string): Stanza {
  const fields = new Map<string, string>();
  let last = '';
  for (const line of paragraph.split('\n')) {
    const [, name, value = ''] = /^([^\s:#][^:]*):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      last = name;
      fields.set(name, value);
    } else if (/^\s/.test(line) && last !== '') fields.set(last, `${fields.get(last)}\n${line}`);
  }
  return fields;
}

export function writeStanzas(stanzas: readonly Stanza[]): string {
  return stanzas
    .map((stanza) => `${[...stanza].map(([name, value]) => `${name}: ${value}`.trimEnd()).join('\n')}\n`)
    .join('\n');
}

/** What an archive says of a package, and dpkg of an installed one. */
export function stanzaOf(offered: Package): Stanza {
  const { name, version, section, description, maintainer, homepage, depends, architecture } = offered;
  return new Map([
    ['Package', name],
    ['Priority', 'optional'],
    ['Section', section],
    ['Installed-Size', String(offered.installedKib)],
    ['Maintainer', maintainer],
    ['Architecture', architecture],
    ['Version', version],
    ...(depends === undefined ? [] : [['Depends', depends] as const]),
    ['Size', String(offered.sizeBytes)],
    ['Description', description],
    ...(homepage === undefined ? [] : [['Homepage', homepage] as const]),
  ]);
}
