// Writes field-numbers.txt from a kubectl for Linux on x86-64:
//   node engine/http/protobuf/extract.ts path/to/kubectl > engine/http/protobuf/field-numbers.txt
// Field numbers never change once released; run it again when a new Kubernetes version brings new fields.

import { readFileSync } from 'node:fs';
import { type GoField, type GoStruct, readGoStructs } from './elf-structs.ts';

const META = 'k8s.io/apimachinery/pkg/apis/meta/v1';

/** As the schema names it: `k8s.io/api/core/v1` is `io.k8s.api.core.v1`. */
function packageName(path: string): string | undefined {
  if (path === META) return 'io.k8s.apimachinery.pkg.apis.meta.v1';
  const [, group, version] = /^k8s\.io\/api\/(\w+)\/(v\d+)$/.exec(path) ?? [];
  return group === undefined ? undefined : `io.k8s.api.${group}.${version}`;
}

/** `NAME`, `NAME*` for a pointer (whose zero value means something), `<STRUCT` for an embedded message. */
function describeField({ tag, name, pointer }: GoField): { number: number; text: string } | undefined {
  const number = /protobuf:"\w+,(\d+)/.exec(tag)?.[1];
  if (number === undefined) return undefined;
  const [jsonName = '', ...options] = (/json:"([^"]*)"/.exec(tag)?.[1] ?? '').split(',');
  if (jsonName === '-') return undefined;
  const inline = jsonName === '' || options.includes('inline');
  return { number: Number(number), text: inline ? `<${name}` : `${jsonName}${pointer ? '*' : ''}` };
}

function describeStruct({ fields }: GoStruct): string {
  const known = fields.map(describeField).filter((field) => field !== undefined);
  let next = 1;
  return known
    .sort((a, b) => a.number - b.number)
    .map(({ number, text }) => {
      const entry = number === next ? text : `${number}=${text}`;
      next = number + 1;
      return entry;
    })
    .join(' ');
}

const found = new Map<string, string>();
for (const struct of readGoStructs(readFileSync(process.argv[2]!))) {
  const prefix = packageName(struct.packagePath);
  const text = prefix === undefined ? '' : describeStruct(struct);
  if (text !== '') found.set(`${prefix}.${struct.name}`, text);
}
for (const [name, text] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) console.log(`${name} ${text}`);
