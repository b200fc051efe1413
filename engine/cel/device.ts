import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import type { ResourceSlice } from '../api/extension-kinds.ts';
import { createEnvironment } from './environment.ts';
import { CelCompileError, CelEvaluationError } from './evaluation-error.ts';
import { quantityValue } from './libraries/quantity.ts';
import { semverValue } from './libraries/semver.ts';
import { compileProgram, type Program } from './program.ts';

type Device = NonNullable<NonNullable<ResourceSlice['spec']>['devices']>[number];
type Attribute = NonNullable<Device['attributes']>[string];

/** `resourceapi.CELSelectorExpressionMaxCost` */
const COST_LIMIT = 1_000_000;

const ATTRIBUTES = 'map<string, map<string, dyn>>';
const CAPACITY = 'map<string, map<string, kubernetes.Quantity>>';
/** Before the name of a field: only what is there. No expression can name it. */
const PRESENT = 'present ';

/** What an expression sees as `device`. */
class DeviceValue extends Map<string, unknown> {}

/**
 * The CEL of device selectors: `device.driver`, `device.attributes["DOMAIN"].NAME`, `device.capacity["DOMAIN"].NAME`.
 * After `staging/src/k8s.io/dynamic-resource-allocation/cel/compile.go`.
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/resource-claim-v1/
 */
export class DeviceSelectors {
  readonly #environment: Environment;
  readonly #programs = new Map<string, Program>();
  readonly #values = new WeakMap<Device, DeviceValue>();

  constructor() {
    this.#environment = createEnvironment();
    this.#environment.registerType('kubernetes.DRADevice', {
      ctor: DeviceValue,
      fields: {
        driver: 'string',
        attributes: ATTRIBUTES,
        capacity: CAPACITY,
        [`${PRESENT}attributes`]: ATTRIBUTES,
        [`${PRESENT}capacity`]: CAPACITY,
      },
    });
    this.#environment.registerVariable('device', 'kubernetes.DRADevice');
  }

  /** @throws CelCompileError whose message begins as the real server's: `compilation failed: …`, `must evaluate to bool …` */
  compile(expression: string): Program {
    let program = this.#programs.get(expression);
    if (program === undefined) {
      program = this.#compile(expression);
      this.#programs.set(expression, program);
    }
    return program;
  }

  #compile(expression: string): Program {
    let program: Program;
    try {
      program = compileProgram(this.#environment, expression, undefined, askWhatIsPresent);
    } catch (error) {
      if (!(error instanceof CelCompileError)) throw error;
      throw new CelCompileError(`compilation failed: ${error.message}`);
    }
    if (program.type === 'bool' || program.type === 'dyn') return program;
    throw new CelCompileError(`must evaluate to bool or the unknown type, not ${program.type}`);
  }

  /** @throws CelCompileError, CelEvaluationError */
  matches(expression: string, driver: string, device: Device): boolean {
    const program = this.compile(expression);
    let value = this.#values.get(device);
    if (value === undefined) {
      value = deviceValue(driver, device);
      this.#values.set(device, value);
    }
    const result = program.evaluate({ device: value }, { left: COST_LIMIT });
    if (typeof result === 'boolean') return result;
    throw new CelEvaluationError(`CEL result of type ${typeof result} could not be converted to bool`);
  }
}

function deviceValue(driver: string, { attributes = {}, capacity = {} }: Device): DeviceValue {
  const attributesByDomain = byDomain(driver, attributes, attributeValue);
  const capacityByDomain = byDomain(driver, capacity, ({ value }) => quantityValue(String(value)));
  return new DeviceValue([
    ['driver', driver],
    ['attributes', withDefault(attributesByDomain)],
    ['capacity', withDefault(capacityByDomain)],
    [`${PRESENT}attributes`, attributesByDomain],
    [`${PRESENT}capacity`, capacityByDomain],
  ]);
}

/** `"x" in device.attributes` asks what is there, `device.attributes["x"]` is empty where nothing is. */
function askWhatIsPresent(value: ASTNode | unknown): void {
  if (Array.isArray(value)) for (const each of value) askWhatIsPresent(each);
  if (typeof value !== 'object' || value === null || !('op' in value)) return;
  const { op, args } = value as { readonly op: string; readonly args: unknown };
  if (op === 'in') {
    const field = (args as readonly unknown[])[1] as { readonly op: string; readonly args: unknown[] };
    if (field.op === '.' && (field.args[0] as { readonly args?: unknown }).args === 'device') {
      field.args[1] = `${PRESENT}${field.args[1]}`;
    }
  }
  askWhatIsPresent(args);
}

/** Names without a domain have the driver's. */
function byDomain<T>(driver: string, named: Readonly<Record<string, T>>, valueOfOne: (one: T) => unknown) {
  const domains = new Map<string, Map<string, unknown>>();
  for (const [name, one] of Object.entries(named)) {
    const slash = name.indexOf('/');
    const domain = slash < 0 ? driver : name.slice(0, slash);
    const known = domains.get(domain) ?? new Map<string, unknown>();
    known.set(name.slice(slash + 1), valueOfOne(one));
    domains.set(domain, known);
  }
  return domains;
}

function withDefault(domains: ReadonlyMap<string, Map<string, unknown>>) {
  const copy = new Map(domains);
  const empty = new Map<string, unknown>();
  copy.get = (domain) => domains.get(domain) ?? empty;
  return copy;
}

function attributeValue({ int, bool, string, version }: Attribute): unknown {
  if (int !== undefined) return BigInt(int);
  return bool ?? string ?? (version === undefined ? undefined : semverValue(version));
}
