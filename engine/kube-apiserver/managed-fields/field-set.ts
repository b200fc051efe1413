/**
 * A set of paths in the form FieldsV1 has on the wire: a tree of path elements, in which `{}` below the root is a member
 * and `.` marks a member that has members beneath it. `{"f:spec":{"f:replicas":{}}}` holds `.spec.replicas` alone.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

export const NO_FIELDS: FieldSet = Object.freeze({});
export const MEMBER: FieldSet = Object.freeze({});
const SELF = '.';

/** Which paths survive when two sets meet. */
interface Rule {
  readonly member: (inLeft: boolean, inRight: boolean) => boolean;
  readonly keepsLeft: boolean;
  readonly keepsRight: boolean;
}

const UNION: Rule = { member: (left, right) => left || right, keepsLeft: true, keepsRight: true };
const DIFFERENCE: Rule = { member: (left, right) => left && !right, keepsLeft: true, keepsRight: false };
const INTERSECTION: Rule = { member: (left, right) => left && right, keepsLeft: false, keepsRight: false };

export function union(left: FieldSet, right: FieldSet): FieldSet {
  return isEmpty(right) ? left : combineChildren(left, right, UNION, false);
}

/** The paths of `left` that are not in `right`; the very set when there are none to take away. */
export function difference(left: FieldSet, right: FieldSet): FieldSet {
  return isEmpty(right) ? left : combineChildren(left, right, DIFFERENCE, false);
}

export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  return combineChildren(left, right, INTERSECTION, false);
}

/** Whether a set, seen from its root, holds nothing. */
export function isEmpty(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

/** Whether the path that leads to this part of a set is itself in the set. */
export function isMember(node: FieldSet): boolean {
  return isEmpty(node) || node[SELF] !== undefined;
}

function combine(left: FieldSet | undefined, right: FieldSet | undefined, rule: Rule): FieldSet | undefined {
  if (right === undefined) return rule.keepsLeft ? left : undefined;
  if (left === undefined) return rule.keepsRight ? right : undefined;
  const member = rule.member(isMember(left), isMember(right));
  const node = combineChildren(left, right, rule, member);
  return !member && isEmpty(node) ? undefined : node;
}

function combineChildren(left: FieldSet, right: FieldSet, rule: Rule, member: boolean): FieldSet {
  const children: [string, FieldSet][] = [];
  let sameAsLeft = true;
  for (const element in left) {
    if (element === SELF) continue;
    const child = combine(left[element], right[element], rule);
    if (child !== left[element]) sameAsLeft = false;
    if (child !== undefined) children.push([element, child]);
  }
  if (rule.keepsRight) {
    for (const element in right) {
      if (element === SELF || left[element] !== undefined) continue;
      children.push([element, right[element]!]);
      sameAsLeft = false;
    }
  }
  if (sameAsLeft && (left[SELF] !== undefined) === (member && children.length > 0)) return left;
  return makeNode(children, member);
}

/** @param children sorted here */
export function makeNode(children: [string, FieldSet][], member: boolean): FieldSet {
  if (children.length === 0) return MEMBER;
  children.sort(([a], [b]) => (a < b ? -1 : 1));
  const node: Record<string, FieldSet> = {};
  if (member) node[SELF] = MEMBER;
  for (const [element, child] of children) node[element] = child;
  return node;
}

/** Collects paths; the order in which they come does not matter. */
export class FieldSetBuilder {
  /** Most nodes are leaves and never have any. */
  #children: Map<string, FieldSetBuilder> | undefined;
  #member = false;

  insert(path: readonly string[]): void {
    let node: FieldSetBuilder = this;
    for (const element of path) node = node.#child(element);
    node.#member = true;
  }

  #child(element: string): FieldSetBuilder {
    this.#children ??= new Map();
    let child = this.#children.get(element);
    if (child === undefined) {
      child = new FieldSetBuilder();
      this.#children.set(element, child);
    }
    return child;
  }

  build(): FieldSet {
    if (this.#children === undefined) return MEMBER;
    const children: [string, FieldSet][] = [];
    for (const [element, child] of this.#children) children.push([element, child.build()]);
    return makeNode(children, this.#member);
  }
}

/** All paths: those that end here first, then those that go deeper, as the real server lists conflicts. */
export function pathsOf(set: FieldSet): string[][] {
  const paths: string[][] = [];
  const visit = (node: FieldSet, path: readonly string[]): void => {
    const elements = Object.keys(node).filter((element) => element !== SELF);
    for (const element of elements) if (isMember(node[element]!)) paths.push([...path, element]);
    for (const element of elements) visit(node[element]!, [...path, element]);
  };
  visit(set, []);
  return paths;
}

/** Whether something a client sent has the form of a set. */
export function isFieldSet(value: unknown): value is FieldSet {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(([element, child]) => ELEMENT.test(element) && isFieldSet(child));
}

const ELEMENT = /^(\.$|f:|k:\{|v:|i:\d)/;
