import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

type Fields = Record<string, string>;

/** Reads kinds, and whatever they refer to, from the declaration files of kubernetes-models. */
export interface DeclarationReader {
  read(module: string, kind: string): void;
  /** By definition name: field → type, in the notation of structural.ts. */
  readonly fields: Record<string, Fields>;
  /** By definition name: field → description; the definition's own under ''. */
  readonly descriptions: Record<string, Fields>;
}

const SCALARS: Readonly<Record<string, string>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'q',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'x',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 't',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'u',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'a',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'a',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': 'a',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool': 'a',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray': 'a',
  // A list of schemas is refused by validation.
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray':
    '@io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps',
};

const NUMBER_FORMATS: Readonly<Record<string, string>> = { int32: 'i', int64: 'l', double: 'n' };

/** `IIoK8sApiCoreV1PodSpec` → `io.k8s.api.core.v1.PodSpec` */
function definitionName(identifier: string): string {
  const match =
    /^I?(IoK8s.*?V[0-9]+(?:(?:alpha|beta)[0-9]+)?|IoK8sApimachineryPkg(?:ApiResource|UtilIntstr|Runtime|Version))([A-Z].*)$/.exec(
      identifier,
    );
  if (match === null) throw new Error(`no definition name in ${identifier}`);
  const words = match[1]!.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
  const name = words.join('.').replace('apiextensions.apiserver.', 'apiextensions-apiserver.');
  return `${name}.${match[2]}`;
}

/**
 * Makes a reader of the package's declaration files.
 *
 * @public loaded on demand by `generate.ts`
 */
export function readDeclarations(directoryOf: (module: string) => string): DeclarationReader {
  const fields: Record<string, Fields> = {};
  const descriptions: Record<string, Fields> = {};
  const seen = new Set<string>();
  const queue: string[] = [];

  function enqueue(file: string): void {
    if (seen.has(file)) return;
    seen.add(file);
    queue.push(file);
  }

  function readFile(file: string): void {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, false);
    const imports = importsOf(source, file, directoryOf);
    const declaration = source.statements.find(ts.isInterfaceDeclaration);
    if (declaration === undefined) return;
    const name = definitionName(exportedIdentifier(source));
    const validator = readValidator(name, file);
    const own: Fields = {};
    const told: Fields = { '': commentOf(declaration) };
    for (const member of declaration.members) {
      if (!ts.isPropertySignature(member) || member.type === undefined) continue;
      const field = (member.name as ts.StringLiteral).text;
      const self = { local: declaration.name.text, name };
      const type = encode(member.type, { field, self, imports, enqueue, validator });
      const isRequired = member.questionToken === undefined && field !== 'apiVersion' && field !== 'kind';
      own[field] = (isRequired ? '!' : '') + type;
      told[field] = commentOf(member);
    }
    fields[name] = own;
    descriptions[name] = told;
  }

  return {
    fields,
    descriptions,
    read(module, kind) {
      enqueue(join(directoryOf(module), `${kind}.d.ts`));
      for (let file = queue.pop(); file !== undefined; file = queue.pop()) readFile(file);
    },
  };
}

function commentOf(node: ts.Node): string {
  const docs = (node as { jsDoc?: readonly ts.JSDoc[] }).jsDoc ?? [];
  const comment = docs.at(-1)?.comment;
  return typeof comment === 'string' ? comment : (ts.getTextOfJSDocComment(comment) ?? '');
}

/** The name under which the file exports its interface, which tells group and version. */
function exportedIdentifier(source: ts.SourceFile): string {
  const statement = source.statements.findLast(ts.isExportDeclaration);
  const named = statement?.exportClause as ts.NamedExports | undefined;
  if (named === undefined) throw new Error(`no export in ${source.fileName}`);
  return named.elements[0]!.name.text;
}

function importsOf(source: ts.SourceFile, file: string, directoryOf: (module: string) => string): Map<string, string> {
  const imports = new Map<string, string>();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const from = (statement.moduleSpecifier as ts.StringLiteral).text;
    const bindings = statement.importClause?.namedBindings;
    if (bindings === undefined || !ts.isNamedImports(bindings) || from === '@kubernetes-models/base') continue;
    const path = from.startsWith('.')
      ? join(dirname(file), from.replace(/\.js$/, '.d.ts'))
      : join(directoryOf(dirname(from)), `${from.slice(from.lastIndexOf('/') + 1)}.d.ts`);
    for (const element of bindings.elements) imports.set(element.name.text, path);
  }
  return imports;
}

interface Context {
  readonly field: string;
  /** The definition being read: it may refer to itself by its local name, and then imports nothing. */
  readonly self: { readonly local: string; readonly name: string };
  readonly imports: ReadonlyMap<string, string>;
  readonly enqueue: (file: string) => void;
  readonly validator: string;
}

function encode(type: ts.TypeNode, context: Context): string {
  if (type.kind === ts.SyntaxKind.StringKeyword) return isBase64(context) ? 'y' : 's';
  if (type.kind === ts.SyntaxKind.BooleanKeyword) return 'b';
  if (type.kind === ts.SyntaxKind.NumberKeyword) return numberFormat(context);
  if (ts.isUnionTypeNode(type)) return encodeUnion(type);
  if (ts.isLiteralTypeNode(type)) return 's';
  if (ts.isTypeLiteralNode(type)) return encodeInlineKind(type) ?? encodeMap(type, context);
  if (ts.isIndexedAccessTypeNode(type)) return 's';
  if (ts.isTypeReferenceNode(type)) return encodeReference(type, context);
  return 'a';
}

function encodeUnion(type: ts.UnionTypeNode): string {
  const values = type.types.map((member) =>
    ts.isLiteralTypeNode(member) && ts.isStringLiteral(member.literal) ? member.literal.text : undefined,
  );
  return values.every((value) => value !== undefined) ? `s|${values.join('|')}` : 'a';
}

/** A StatefulSet's claim templates are written out in place, though they are of a kind: that whose `spec` they have. */
function encodeInlineKind(type: ts.TypeLiteralNode): string | undefined {
  const typeOf = (field: string): ts.TypeNode | undefined =>
    type.members
      .filter(ts.isPropertySignature)
      .find(({ name }) => (ts.isStringLiteral(name) || ts.isIdentifier(name)) && name.text === field)?.type;
  const spec = typeOf('spec');
  if (typeOf('kind') === undefined || spec === undefined || !ts.isTypeReferenceNode(spec)) return undefined;
  return `@${definitionName((spec.typeName as ts.Identifier).text).replace(/Spec$/, '')}`;
}

function encodeMap(type: ts.TypeLiteralNode, context: Context): string {
  const index = type.members.find(ts.isIndexSignatureDeclaration);
  return index === undefined ? 'a' : `{${encode(index.type, context)}`;
}

function encodeReference(type: ts.TypeReferenceNode, context: Context): string {
  const identifier = (type.typeName as ts.Identifier).text;
  if (identifier === 'Array') return `[${encode(type.typeArguments![0]!, context)}`;
  const file = context.imports.get(identifier);
  const name = identifier === context.self.local ? context.self.name : definitionName(identifier);
  const scalar = SCALARS[name];
  if (scalar !== undefined) return scalar;
  if (file !== undefined) context.enqueue(file);
  return `@${name}`;
}

/** The package's compiled validator of a definition: the one place that keeps number formats. */
function readValidator(name: string, file: string): string {
  const identifier = name
    .replace(/(^|[.-])([a-z])/g, (_, _dot, letter: string) => letter.toUpperCase())
    .replaceAll('.', '');
  for (let folder = dirname(file); folder.length > 1; folder = dirname(folder)) {
    const path = join(folder, '_schemas', `${identifier}.js`);
    if (existsSync(path)) return readFileSync(path, 'utf8');
  }
  return '';
}

/** The body of the function that checks a field: `data.<field>` is handed to `validate<N>`. */
function checkOf(validator: string, call: string | undefined): string {
  if (call === undefined) return '';
  const start = validator.indexOf(`function ${call}(`);
  if (start < 0) return '';
  const end = validator.indexOf('function validate', start + 10);
  const body = validator.slice(start, end < 0 ? undefined : end);
  const inner = [...body.matchAll(/(validate\d+)\(/g)].map((match) => match[1]!).find((name) => name !== call);
  return inner === undefined ? body : body + checkOf(validator, inner);
}

function checkOfField({ validator, field }: Context): string {
  const call = new RegExp(`(validate\\d+)\\(data\\.${field.replaceAll('$', '\\$')},`).exec(validator)?.[1];
  return checkOf(validator, call);
}

function numberFormat(context: Context): string {
  const variable = /(formats\d+)\.validate/.exec(checkOfField(context))?.[1];
  const format = variable && new RegExp(`${variable}=formats\\.(\\w+)`).exec(context.validator)?.[1];
  const code = format === undefined ? undefined : NUMBER_FORMATS[format];
  return code ?? (/data%1/.test(checkOfField(context)) ? 'l' : 'n');
}

function isBase64(context: Context): boolean {
  const variable = /(formats\d+)\.validate/.exec(checkOfField(context))?.[1];
  return variable !== undefined && context.validator.includes(`${variable}=formats.byte`);
}
