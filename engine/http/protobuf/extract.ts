// Writes field-numbers.txt from a kubectl for Linux on x86-64:
//   node engine/http/protobuf/extract.ts path/to/kubectl > engine/http/protobuf/field-numbers.txt
// With `--order` it prints the order in which the structures declare their fields (kubectl/output/field-order.ts).
// Field numbers never change once released; run it again when a new Kubernetes version brings new fields.

import { readFileSync } from 'node:fs';
import { DEFINITIONS } from '../../api/schema/definitions.ts';
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

/** The groups whose kinds kubectl decodes into structures. */
const DECODED = /\.(core|apps|batch|rbac|policy|authentication|autoscaling|networking|scheduling|meta)\.v\d+\./;

/** The fields as JSON names them, as they are declared; those of embedded structures in their place. */
function orderOf(name: string, structs: ReadonlyMap<string, GoStruct>): readonly string[] {
  return structs.get(name)!.fields.flatMap((field) => {
    const [jsonName = '', ...options] = (/json:"([^"]*)"/.exec(field.tag)?.[1] ?? '').split(',');
    if (jsonName === '-') return [];
    if (jsonName !== '' && !options.includes('inline')) return [jsonName];
    if (field.name === 'TypeMeta') return ['kind', 'apiVersion'];
    const own = `${name.slice(0, name.lastIndexOf('.') + 1)}${field.name}`;
    return orderOf(structs.has(own) ? own : `io.k8s.api.core.v1.${field.name}`, structs);
  });
}

const structs = new Map<string, GoStruct>();
for (const struct of readGoStructs(readFileSync(process.argv[2]!))) {
  const prefix = packageName(struct.packagePath);
  if (prefix !== undefined) structs.set(`${prefix}.${struct.name}`, struct);
}
for (const name of [...structs.keys()].sort()) {
  if (process.argv[3] === '--order') {
    if (!DEFINITIONS.has(name) || !DECODED.test(name)) continue;
    const order = orderOf(name, structs);
    const short = name.replace(/^io\.k8s\.(api|apimachinery\.pkg\.apis)\./, '');
    if (order.join() !== [...order].sort().join()) console.log(`${short} ${order.join(' ')}`);
  } else {
    const text = describeStruct(structs.get(name)!);
    if (text !== '') console.log(`${name} ${text}`);
  }
}
