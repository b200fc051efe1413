import { CommandError } from '../../command-error.ts';
import { writeJson } from '../json-writer.ts';
import { ExecutionError, executeTemplate } from './evaluator.ts';
import { FUNCTIONS } from './functions.ts';
import { goValue } from './go-format.ts';
import { TemplateSyntaxError } from './lexer.ts';
import type { ParsedTemplate } from './nodes.ts';
import { parseTemplate } from './parser.ts';

const NAMES: ReadonlySet<string> = new Set(Object.keys(FUNCTIONS));

/** A compiled Go template, as `-o go-template=…` takes it. */
export class GoTemplate {
  readonly #template: ParsedTemplate;
  readonly #allowMissing: boolean;

  /** @throws CommandError for a template that cannot be parsed */
  constructor(text: string, allowMissing = true) {
    this.#allowMissing = allowMissing;
    try {
      this.#template = parseTemplate(text, NAMES);
    } catch (error) {
      if (!(error instanceof TemplateSyntaxError)) throw error;
      throw new CommandError(`error parsing template ${text}, template: output:${error.line}: ${error.message}`);
    }
  }

  /**
   * Writes the template's text for a value. What came out before a failure stays, and standard output says what the
   * template was given; that is what kubectl does.
   *
   * @throws CommandError
   */
  print(value: unknown, write: (text: string) => void): void {
    try {
      executeTemplate(this.#template, value, write, {
        functions: FUNCTIONS,
        named: this.#template.defined,
        missing: this.#allowMissing ? 'skipped' : 'refused',
      });
    } catch (error) {
      if (!(error instanceof ExecutionError)) throw error;
      const { text } = this.#template.source;
      write(
        `Error executing template: ${error.message}. Printing more information for debugging the template:\n` +
          `\ttemplate was:\n\t\t${text}\n\traw data was:\n\t\t${writeJson(value)}\n` +
          `\tobject given to template engine was:\n\t\t${goValue(value)}\n\n`,
      );
      throw new CommandError(`error executing template ${JSON.stringify(text)}: ${error.message}`);
    }
  }
}
