import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import { CommandError } from '../command-error.ts';
import type { Invocation } from '../invocation.ts';
import { isObject, type Unstructured } from '../unstructured.ts';
import { writeYaml } from '../yaml/yaml-writer.ts';
import { parseColumnsFile, parseCustomColumns, printCustomColumns } from './custom-columns.ts';
import { writeJson } from './json-writer.ts';
import { JsonPath } from './jsonpath.ts';
import { writeKyaml } from './kyaml-writer.ts';
import { GoTemplate } from './template/go-template.ts';
import { inTypedOrder } from './typed-order.ts';

/** Prints objects, or a List of them, one after the other. */
export type ObjectPrinter = (object: Unstructured) => string;

const FORMATS =
  'go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,yaml';

/** Those of commands that also print tables. */
const TABLE_FORMATS = `custom-columns,custom-columns-file,${FORMATS.replace(',yaml', ',wide,yaml')}`;

/** Those that may be written in capitals, too. */
const CASELESS: ReadonlySet<string> = new Set(['json', 'yaml', 'kyaml', 'name']);

/**
 * The printer that `-o` asks for; undefined for the formats that are tables.
 *
 * @param typed whether the real kubectl has a structure of Go here, with fields in an order of their own
 *
 * @throws CommandError for a format that does not exist
 */
export function objectPrinter(invocation: Invocation, typed = false): ObjectPrinter | undefined {
  const { flags, process } = invocation;
  const template = flags.has('template') ? flags.string('template') : '';
  const format = flags.string('output') || (template === '' ? '' : 'go-template');
  const equals = format.indexOf('=');
  const written = equals < 0 ? format : format.slice(0, equals);
  const name = CASELESS.has(written.toLowerCase()) ? written.toLowerCase() : written;
  const argument = equals < 0 ? template : format.slice(equals + 1);
  const allowMissing = !flags.has('allow-missing-template-keys') || flags.bool('allow-missing-template-keys');
  const clean = (object: Unstructured) => (flags.bool('show-managed-fields') ? object : withoutManagedFields(object));
  switch (name) {
    case '':
    case 'wide':
      return undefined;
    case 'yaml':
      return yamlPrinter(clean);
    case 'kyaml':
      return (object) => writeKyaml(clean(object));
    case 'json':
      return typed
        ? (object) => `${writeJson(inTypedOrder(clean(object)), { indent: '    ', asItStands: true })}\n`
        : (object) => `${writeJson(clean(object), { indent: '    ' })}\n`;
    case 'name':
      return (object) =>
        itemsOf(object)
          .map((item) => `${objectName(item)}\n`)
          .join('');
    case 'jsonpath':
    case 'jsonpath-file':
    case 'jsonpath-as-json':
      return jsonPathPrinter(name, templateText(process, name, argument), allowMissing);
    case 'go-template':
    case 'go-template-file':
    case 'template':
    case 'templatefile':
      return goTemplatePrinter(invocation, templateText(process, name, argument), allowMissing);
    case 'custom-columns':
    case 'custom-columns-file':
      return columnsPrinter(invocation, name, argument, flags.has('no-headers') && flags.bool('no-headers'));
    default:
      throw new CommandError(
        `unable to match a printer suitable for the output format ${JSON.stringify(format)}, allowed formats are: ${flags.has('label-columns') ? TABLE_FORMATS : FORMATS}`,
      );
  }
}

function yamlPrinter(clean: (object: Unstructured) => Unstructured): ObjectPrinter {
  let printed = 0;
  return (object) => `${printed++ > 0 ? '---\n' : ''}${writeYaml(clean(object))}`;
}

function templateText(process: Process, name: string, argument: string): string {
  if (argument === '') throw new CommandError('template format specified but no template given');
  if (!name.endsWith('file')) return argument;
  if (!process.access(argument, 'read')) {
    throw new CommandError(`error reading --template ${argument}, open ${argument}: no such file or directory\n`);
  }
  return decode(process.readFile(argument));
}

/** Templates see the whole object; only JSON and YAML are spared managedFields. */
function jsonPathPrinter(name: string, template: string, allowMissing: boolean): ObjectPrinter {
  const path = new JsonPath(template);
  const options = { allowMissing };
  if (name !== 'jsonpath-as-json') return (object) => path.print(object, options);
  return (object) => `${JSON.stringify(path.find(object, options).flat(), undefined, '    ')}\n`;
}

function goTemplatePrinter({ streams }: Invocation, text: string, allowMissing: boolean): ObjectPrinter {
  const template = new GoTemplate(text, allowMissing);
  return (object) => {
    template.print(object, (piece) => streams.out(piece));
    return '';
  };
}

function columnsPrinter(
  { process, streams }: Invocation,
  name: string,
  argument: string,
  noHeaders: boolean,
): ObjectPrinter {
  if (argument === '') throw new CommandError('custom-columns format specified but no custom columns given');
  const columns =
    name === 'custom-columns' ? parseCustomColumns(argument) : parseColumnsFile(columnsFile(process, argument));
  return (object) => printCustomColumns(columns, itemsOf(object), noHeaders, (text) => streams.out(text));
}

function columnsFile(process: Process, path: string): string {
  if (process.access(path, 'read')) return decode(process.readFile(path));
  throw new CommandError(`error reading template ${path}, open ${path}: no such file or directory`);
}

/** The objects of a List, or the object itself. */
function itemsOf(object: Unstructured): readonly Unstructured[] {
  const items = object['items'];
  return object.kind.endsWith('List') && Array.isArray(items) ? (items as readonly Unstructured[]) : [object];
}

/** `deployment.apps/nginx`. */
export function objectName(object: Pick<Unstructured, 'apiVersion' | 'kind' | 'metadata'>): string {
  return `${objectKind(object)}/${object.metadata?.name ?? '<unknown>'}`;
}

/** `deployment.apps`. */
function objectKind(object: Pick<Unstructured, 'apiVersion' | 'kind'>): string {
  const slash = object.apiVersion.indexOf('/');
  const kind = object.kind.toLowerCase();
  return slash < 0 ? kind : `${kind}.${object.apiVersion.slice(0, slash)}`;
}

/** The List that `-o yaml` and `-o json` print for several objects. */
export function listOf(items: readonly Unstructured[]): Unstructured {
  const list = { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } };
  return list as unknown as Unstructured;
}

export function withoutManagedFields(object: Unstructured): Unstructured {
  if (Array.isArray(object['items']) && object.kind.endsWith('List')) {
    return { ...object, items: (object['items'] as readonly Unstructured[]).map(withoutManagedFields) };
  }
  if (!isObject(object.metadata) || !('managedFields' in object.metadata)) return object;
  const { managedFields: _dropped, ...metadata } = object.metadata;
  return { ...object, metadata };
}
