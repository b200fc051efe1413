import { ExecutionError, executeTemplate } from '../../kubectl/output/template/evaluator.ts';
import { CallProblem, fn, type TemplateFunction } from '../../kubectl/output/template/functions.ts';
import { TemplateSyntaxError } from '../../kubectl/output/template/lexer.ts';
import type { NamedTemplate } from '../../kubectl/output/template/nodes.ts';
import { parseTemplate } from '../../kubectl/output/template/parser.ts';
import { fieldAt } from '../../kubectl/unstructured.ts';
import { decode } from '../../linux/stdio.ts';
import type { Random } from '../../sim/random.ts';
import { type Dictionary, textOf } from '../functions/arguments.ts';
import { copied } from '../functions/collections.ts';
import { CHART_FUNCTIONS } from '../functions/index.ts';
import { surroundings } from '../functions/surroundings.ts';
import { HelmError } from '../helm-error.ts';
import { type Capabilities, capabilitiesObject, chartObject, filesObject } from './built-in-objects.ts';
import type { Chart } from './chart.ts';
import { coalesceValues, tableOf } from './values.ts';

/** `.Release`. */
export interface ReleaseOptions {
  readonly Name: string;
  readonly Namespace: string;
  readonly Revision: number;
  readonly IsInstall: boolean;
  readonly IsUpgrade: boolean;
}

/** What a rendering stands in. */
export interface Rendering {
  readonly release: ReleaseOptions;
  readonly capabilities: Capabilities;
  readonly helmVersion: string;
  readonly nowMs: number;
  readonly random: Random;
  /** An object of the cluster, or a list; `{}` where there is none. */
  readonly lookup: (apiVersion: string, kind: string, namespace: string, name: string) => unknown;
  /** As `helm lint` does: what is required may be missing. */
  readonly lenient?: boolean;
}

/** A file to be rendered and what it is given. */
interface Renderable {
  readonly name: string;
  readonly text: string;
  readonly basePath: string;
  readonly values: Dictionary;
}

/** Around what `fail` and `required` say, so that it can be told from the path on which it came. */
const SAID = /\u0001([\s\S]*)\u0002/;

/** Deeper than this, templates include themselves. */
const MOST_INCLUDES = 200;

/**
 * What the templates of a chart make of values: the text of each file by its path, `web/templates/service.yaml`; partials are
 * left out. @throws HelmError in the words of text/template
 */
export function renderChart(chart: Chart, user: Dictionary, rendering: Rendering): ReadonlyMap<string, string> {
  const capabilities = capabilitiesObject(rendering.capabilities, rendering.helmVersion);
  const release = { ...rendering.release, Service: 'Helm' };
  const base = { Release: release, Capabilities: capabilities };
  const files = renderables(chart, coalesceValues(chart, user), base, chart.metadata.name, true);
  return new Renderer(files.sort(deepestFirst), rendering).renderAll();
}

function renderables(chart: Chart, values: Dictionary, base: Dictionary, path: string, isRoot: boolean): Renderable[] {
  const given: Dictionary = {
    ...base,
    Chart: chartObject(chart, isRoot),
    Files: filesObject(chart.files),
    Values: values,
    Subcharts: {},
  };
  const own = chart.templates
    .filter(({ name }) => chart.metadata.type !== 'library' || name.slice(name.lastIndexOf('/') + 1).startsWith('_'))
    .map(({ name, data }) => ({
      name: `${path}/${name}`,
      text: decode(data),
      basePath: `${path}/templates`,
      values: given,
    }));
  const below = chart.dependencies.flatMap((one) => {
    const { name } = one.metadata;
    const inner = tableOf(values, name);
    return renderables(one, inner, base, `${path}/charts/${name}`, false);
  });
  return [...own, ...below];
}

/** What a parent defines goes before what its dependencies do: it is read last. */
function deepestFirst(a: Renderable, b: Renderable): number {
  const depth = ({ name }: Renderable) => name.split('/').length;
  return depth(b) - depth(a) || (a.name < b.name ? 1 : -1);
}

class Renderer {
  readonly #files: readonly Renderable[];
  readonly #rendering: Rendering;
  readonly #functions: Readonly<Record<string, TemplateFunction>>;
  readonly #names: ReadonlySet<string>;
  #named = new Map<string, NamedTemplate>();
  #includes = 0;

  constructor(files: readonly Renderable[], rendering: Rendering) {
    this.#files = files;
    this.#rendering = rendering;
    this.#functions = {
      ...CHART_FUNCTIONS,
      ...surroundings(rendering.nowMs, rendering.random),
      include: fn(2, 2, ([name, data]) => this.#include(textOf(name), data)),
      tpl: fn(2, 2, ([text, data]) => this.#tpl(textOf(text), data)),
      required: fn(2, 2, ([message, value]) => this.#required(textOf(message), value)),
      fail: fn(1, 1, ([message]) => {
        throw new CallProblem(`\u0001${textOf(message)}\u0002`);
      }),
      lookup: fn(4, 4, (args) => rendering.lookup(...(args.map(textOf) as [string, string, string, string]))),
      getHostByName: fn(1, 1, () => ''),
    };
    this.#names = new Set(Object.keys(this.#functions));
  }

  renderAll(): ReadonlyMap<string, string> {
    for (const { name, text } of this.#files) this.#parse(text, name);
    const rendered = new Map<string, string>();
    for (const { name, basePath, values } of this.#files) {
      if (name.slice(name.lastIndexOf('/') + 1).startsWith('_')) continue;
      // Templates may change what they are given; what one does, the others do not see.
      const given = { ...values, Values: copied(values['Values']), Template: { Name: name, BasePath: basePath } };
      rendered.set(name, this.#renderFile(name, given));
    }
    return rendered;
  }

  #renderFile(name: string, given: Dictionary): string {
    try {
      return this.#execute(this.#named.get(name)!, given).replaceAll('<no value>', '');
    } catch (error) {
      if (!(error instanceof ExecutionError)) throw error;
      const said = SAID.exec(error.message)?.[1];
      const [, location] = error.message.split(': ');
      throw new HelmError(said === undefined ? error.message : `execution error at (${location}): ${said}`);
    }
  }

  #parse(text: string, name: string): NamedTemplate {
    try {
      const template = parseTemplate(text, this.#names, name);
      this.#named.set(name, template);
      for (const [defined, one] of template.defined) this.#named.set(defined, one);
      return template;
    } catch (error) {
      if (!(error instanceof TemplateSyntaxError)) throw error;
      throw new HelmError(`parse error at (${name}:${error.line}): ${error.message}`);
    }
  }

  #execute(template: NamedTemplate, value: unknown): string {
    let text = '';
    const write = (part: string) => {
      text += part;
    };
    executeTemplate(template, value, write, { functions: this.#functions, named: this.#named, missing: 'nil' });
    return text;
  }

  #include(name: string, data: unknown): string {
    const template = this.#named.get(name);
    if (template === undefined) {
      throw new CallProblem(`template: no template ${JSON.stringify(name)} associated with template "gotpl"`);
    }
    if (this.#includes >= MOST_INCLUDES) {
      throw new CallProblem(`rendering template has a nested reference name: ${name}: unable to execute template`);
    }
    this.#includes += 1;
    try {
      return this.#execute(template, data);
    } catch (error) {
      throw error instanceof ExecutionError ? new CallProblem(error.message) : error;
    } finally {
      this.#includes -= 1;
    }
  }

  /** What the text defines is known to it alone. */
  #tpl(text: string, data: unknown): string {
    const name = String(fieldAt(data, 'Template', 'Name') ?? 'gotpl');
    const outer = this.#named;
    this.#named = new Map(outer);
    try {
      return this.#execute(this.#parse(text, name), data).replaceAll('<no value>', '');
    } catch (error) {
      if (!(error instanceof ExecutionError || error instanceof HelmError)) throw error;
      throw new CallProblem(`error during tpl function execution for ${JSON.stringify(text)}: ${error.message}`);
    } finally {
      this.#named = outer;
    }
  }

  #required(message: string, value: unknown): unknown {
    if (value !== null && value !== undefined && value !== '') return value;
    if (this.#rendering.lenient === true) return '';
    throw new CallProblem(`\u0001${message}\u0002`);
  }
}
