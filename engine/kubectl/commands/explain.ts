import { DEFINITIONS, schemaAt, type ValueSchema } from '../../api/schema/definitions.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import {
  type PublishedSchema,
  publishedField,
  publishedFields,
  publishedSchema,
  publishedType,
} from '../custom-explanation.ts';
import type { ApiResource } from '../discovery.ts';
import type { Invocation } from '../invocation.ts';
import { schemaName } from '../schema-name.ts';

export const explain: Command = {
  name: 'explain',
  summary: 'Get documentation for a resource',
  section: 'Basic Commands (Intermediate)',
  usage: 'explain TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group]',
  examples: ['kubectl explain pod', 'kubectl explain deployment.spec.strategy --recursive'],
  operand: 'resource-type',
  flags: [
    { name: 'recursive', type: 'bool', help: 'Show the fields of fields too, by name' },
    { name: 'api-version', type: 'string', help: 'The version to explain' },
    {
      name: 'output',
      short: 'o',
      type: 'string',
      default: 'plaintext',
      help: 'The form of the output',
      values: ['plaintext'],
    },
  ],
  *run(invocation) {
    const { args, flags, streams } = invocation;
    if (args.length === 0) {
      throw new CommandError(
        'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.',
      );
    }
    if (args.length > 1) throw new CommandError('We accept only this format: explain RESOURCE');
    const output = flags.string('output');
    if (output !== 'plaintext' && output !== 'plaintext-openapiv2')
      throw new CommandError(`unrecognized format: ${output}`);
    const [type = '', ...path] = args[0]!.split('.');
    const { resource, fields } = findResource(invocation, type, path);
    streams.out(new Explanation(invocation, resource, flags.bool('recursive')).text(fields));
    return 0;
  },
};

/** `deployments.apps.spec` names a group, `deployment.spec` does not. */
function findResource(invocation: Invocation, type: string, path: readonly string[]) {
  const apiVersion = invocation.flags.string('api-version');
  const plain = invocation.discovery.find(type);
  if (plain === undefined) {
    throw new CommandError(`the server doesn't have a resource type ${JSON.stringify(type)}`, { verbatim: true });
  }
  if (apiVersion !== '') {
    const served = invocation.discovery.groupVersions().includes(apiVersion);
    const versioned = served
      ? invocation.discovery.resourcesOf(apiVersion).find(({ plural }) => plural === plain.plural)
      : undefined;
    if (versioned === undefined)
      throw new CommandError(`couldn't find resource for ${JSON.stringify(`${apiVersion}, Resource=${plain.plural}`)}`);
    return { resource: versioned, fields: path };
  }
  const groupParts = plain.group.split('.');
  const named = plain.group !== '' && groupParts.every((part, index) => path[index] === part);
  return { resource: plain, fields: named ? path.slice(groupParts.length) : path };
}

const WIDTH = 76;

/** The text about one field or kind, in the layout of kubectl's plaintext template. */
class Explanation {
  readonly #invocation: Invocation;
  readonly #resource: ApiResource;
  readonly #recursive: boolean;

  constructor(invocation: Invocation, resource: ApiResource, recursive: boolean) {
    this.#invocation = invocation;
    this.#resource = resource;
    this.#recursive = recursive;
  }

  text(path: readonly string[]): string {
    const { group, kind, version } = this.#resource;
    const root = schemaName(this.#resource);
    let text = `${group === '' ? '' : `GROUP:      ${group}\n`}KIND:       ${kind}\nVERSION:    ${version}\n\n`;
    if (!DEFINITIONS.has(root)) return this.#customText(path, text);
    const at = this.#find(root, path, text);
    if (path.length > 0) {
      text += `FIELD: ${path.at(-1)} <${typeText(at)}>\n`;
      const values = valuesOf(at);
      text += values.length > 0 ? `ENUM:\n${values.map((value) => `    ${value}\n`).join('')}` : '\n';
      text += '\n';
    }
    text += `DESCRIPTION:\n${indent(this.#description(root, path, at), 4)}    \n`;
    const definition = definitionIn(at);
    return definition === undefined ? `${text}\n` : `${text}FIELDS:\n${this.#fields(definition, 1, new Set())}\n`;
  }

  /** A custom kind is explained by what the server publishes of it. */
  #customText(path: readonly string[], heading: string): string {
    const { group, kind, version } = this.#resource;
    const { body } = this.#invocation.client.request({ method: 'GET', path: `/openapi/v3/apis/${group}/${version}` });
    const schema = publishedSchema(body, kind);
    if (schema === undefined) {
      throw new CommandError(`couldn't find resource for ${JSON.stringify(`${group}/${version}, Kind=${kind}`)}`);
    }
    const at = publishedField(schema, path);
    if (at === undefined) {
      this.#invocation.streams.out(heading);
      throw new CommandError(`field ${JSON.stringify(path.at(-1))} does not exist`);
    }
    const field = path.length === 0 ? '' : `FIELD: ${path.at(-1)} <${publishedType(at)}>\n\n\n`;
    const text = `${heading}${field}DESCRIPTION:\n${indent(at.description ?? '<empty>', 4)}    \n`;
    const fields = this.#customFields(at, 1);
    return fields === '' ? `${text}\n` : `${text}FIELDS:\n${fields}\n`;
  }

  #customFields(schema: PublishedSchema, level: number): string {
    const margin = '  '.repeat(level);
    return publishedFields(schema)
      .map(({ name, type, required, description }) => {
        const line = `${margin}${name}\t<${type}>${required ? ' -required-' : ''}\n`;
        if (!this.#recursive) return `${line}${indent(description || '<no description>', 4)}\n`;
        return line + this.#customFields(publishedField(schema, [name])!, level + 1);
      })
      .join('');
  }

  /** @param heading what the real template has already printed when it comes upon a field that is not there */
  #find(root: string, path: readonly string[], heading: string): ValueSchema {
    for (let length = 1; length <= path.length; length++) {
      if (schemaAt(root, path.slice(0, length)) === undefined) {
        this.#invocation.streams.out(heading);
        throw new CommandError(`field ${JSON.stringify(path[length - 1])} does not exist`);
      }
    }
    return schemaAt(root, path)!;
  }

  /** The field's own words, and below them those of the type it has. */
  #description(root: string, path: readonly string[], at: ValueSchema): string {
    const definition = definitionIn(at);
    const own = definition === undefined ? '' : this.#words(definition, '');
    if (path.length === 0) return own || '<empty>';
    const owner = definitionIn(schemaAt(root, path.slice(0, -1))!);
    const field = owner === undefined ? '' : this.#words(owner, path.at(-1)!);
    return [field, own].filter((words) => words !== '').join('\n') || '<empty>';
  }

  #words(definition: string, field: string): string {
    return this.#invocation.options.descriptions?.()[definition]?.[field] ?? '';
  }

  #fields(definition: string, level: number, above: ReadonlySet<string>): string {
    const fields = [...DEFINITIONS.get(definition)!].sort(([left], [right]) => (left < right ? -1 : 1));
    const margin = '  '.repeat(level);
    return fields
      .map(([name, schema]) => {
        let text = `${margin}${name}\t<${typeText(schema)}>${schema.required ? ' -required-' : ''}\n`;
        const values = valuesOf(schema);
        if (values.length > 0)
          text += `${margin}enum: ${values.slice(0, 4).join(', ')}${values.length > 4 ? ', ....' : ''}\n`;
        const below = definitionIn(schema);
        if (!this.#recursive) return `${text}${indent(this.#words(definition, name) || '<no description>', 4)}\n`;
        const endless = below === undefined || above.has(below);
        return endless ? text : text + this.#fields(below, level + 1, new Set([...above, below]));
      })
      .join('');
  }
}

function definitionIn(schema: ValueSchema): string | undefined {
  let at = schema;
  while (at.type === 'list' || at.type === 'map') at = at.of;
  return at.type === 'object' && DEFINITIONS.has(at.definition) ? at.definition : undefined;
}

/** The empty text is shown as `""`. */
function valuesOf(schema: ValueSchema): readonly string[] {
  const values = 'values' in schema ? (schema.values ?? []) : [];
  return values.map((value) => (value === '' ? '""' : value));
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'string',
  int32: 'integer',
  int64: 'integer',
  number: 'number',
  boolean: 'boolean',
  quantity: 'Quantity',
  intOrString: 'IntOrString',
  time: 'string',
  microTime: 'string',
  bytes: 'string',
  any: 'Object',
};

function typeText(schema: ValueSchema): string {
  if (schema.type === 'list') return `[]${typeText(schema.of)}`;
  if (schema.type === 'map') return `map[string]${typeText(schema.of)}`;
  if (schema.type === 'object') return schema.definition.slice(schema.definition.lastIndexOf('.') + 1);
  return TYPE_NAMES[schema.type] ?? schema.type;
}

/** Wrapped paragraphs, each line indented. */
function indent(text: string, by: number): string {
  const lines = text.split('\n').flatMap(wrap);
  return lines.map((line) => `${' '.repeat(by)}${line}\n`).join('');
}

function wrap(paragraph: string): readonly string[] {
  // Items of a list begin with a space.
  const [, margin = '', words = ''] = /^( *)(.*)$/s.exec(paragraph) ?? [];
  const lines = [''];
  for (const word of `${margin}${words}`.split(/(?<=\S) /)) {
    const last = lines.at(-1)!;
    if (last !== '' && last.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
