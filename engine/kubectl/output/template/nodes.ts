/** The pieces of a parsed Go template. `at` is the offset in the template's text, for messages. */
export type TemplateNode =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'action'; readonly pipe: Pipe }
  | { readonly type: 'if' | 'with' | 'range'; readonly pipe: Pipe; readonly body: Body; readonly otherwise: Body }
  | { readonly type: 'template'; readonly at: number; readonly name: string; readonly pipe: Pipe | undefined }
  | { readonly type: 'break' | 'continue' };

export type Body = readonly TemplateNode[];

/** `$i, $x := a | b c`. */
export interface Pipe {
  readonly at: number;
  readonly variables: readonly string[];
  /** `=` rather than `:=`. */
  readonly assigns: boolean;
  readonly commands: readonly CommandNode[];
}

export interface CommandNode {
  readonly at: number;
  readonly operands: readonly Operand[];
}

export type Operand =
  | { readonly type: 'dot' | 'nil'; readonly at: number }
  | { readonly type: 'field'; readonly at: number; readonly names: readonly string[] }
  | { readonly type: 'variable'; readonly at: number; readonly name: string; readonly names: readonly string[] }
  | { readonly type: 'function'; readonly at: number; readonly name: string }
  | { readonly type: 'literal'; readonly at: number; readonly value: string | number | boolean; readonly text: string }
  | { readonly type: 'pipe'; readonly at: number; readonly pipe: Pipe; readonly names: readonly string[] };

/** The file or argument that a template's text comes from. */
interface TemplateSource {
  readonly name: string;
  readonly text: string;
}

/** A template by the name under which others call it. */
export interface NamedTemplate {
  readonly name: string;
  readonly source: TemplateSource;
  readonly body: Body;
}

/** A template and those it defines by name. */
export interface ParsedTemplate extends NamedTemplate {
  readonly defined: ReadonlyMap<string, NamedTemplate>;
}

const fields = (names: readonly string[]) => names.map((name) => `.${name}`).join('');

/** An operand as text/template writes it in messages. */
export function operandText(operand: Operand): string {
  switch (operand.type) {
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'field':
      return fields(operand.names);
    case 'variable':
      return operand.name + fields(operand.names);
    case 'function':
      return operand.name;
    case 'literal':
      return operand.text;
    case 'pipe':
      return `(${pipeText(operand.pipe)})${fields(operand.names)}`;
  }
}

export function commandText(command: CommandNode): string {
  return command.operands.map(operandText).join(' ');
}

export function pipeText({ variables, assigns, commands }: Pipe): string {
  const lead = variables.length === 0 ? '' : `${variables.join(', ')} ${assigns ? '=' : ':='} `;
  return lead + commands.map(commandText).join(' | ');
}
