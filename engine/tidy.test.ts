import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

// The house rules that matter, as tests: who may import whom, no cycles, nothing in the engine's core that would make
// a run depend on the machine it runs on, and sizes a reader can hold in mind.

// A second each on an idle machine; a busy one may take longer.
const ROOT = resolve(import.meta.dirname, '..');

/** Files that serve as ports: any engine folder may import them. */
const PORTS = [
  'engine/linux/syscalls.ts',
  'engine/linux/host.ts',
  'engine/linux/directory-tree.ts',
  'engine/linux/credentials.ts',
  'engine/linux/errno.ts',
  'engine/linux/signal.ts',
  'engine/linux/stdio.ts',
  'engine/linux/grpc.ts',
  'engine/linux/loop.ts',
  'engine/linux/hash.ts',
  'engine/linux/sha512.ts',
  'engine/linux/http.ts',
  'engine/linux/tls.ts',
  'engine/linux/nvidia.ts',
  'engine/linux/programs/archive/tar-format.ts',
  'engine/linux/programs/go/duration.ts',
  'engine/linux/programs/go/runtime.ts',
  'engine/linux/programs/nginx/nginx-process.ts',
  'engine/linux/protobuf.ts',
  'engine/linux/run-command.ts',
  'engine/linux/task-group.ts',
  'engine/linux/wake-up.ts',
  'engine/linux/dns/message.ts',
  'engine/kubelet/device-manager/device-plugin-api.ts',
  'engine/containerd/cri.ts',
  'engine/containerd/image.ts',
  'engine/cni/plugin.ts',
  'engine/csi/spec.ts',
  'engine/csi/plugin-registration.ts',
  'engine/dra/spec.ts',
];

/** What each folder may import besides itself and the ports. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'engine/sim': [],
  'engine/api': [],
  'engine/etcd': ['engine/sim'],
  'engine/cel': ['engine/api'],
  'engine/apiextensions-apiserver': ['engine/api', 'engine/cel'],
  'engine/kube-apiserver': ['engine/api', 'engine/etcd', 'engine/sim'],
  'engine/client': ['engine/api', 'engine/sim'],
  'engine/kube-controller-manager': ['engine/client', 'engine/api', 'engine/sim'],
  'engine/kube-scheduler': ['engine/client', 'engine/api', 'engine/cel', 'engine/sim'],
  'engine/linux': ['engine/sim'],
  'engine/containerd': ['engine/linux', 'engine/sim', 'engine/api'],
  'engine/metrics-server': ['engine/client', 'engine/api', 'engine/sim'],
  'engine/custom-metrics-adapter': ['engine/client', 'engine/api', 'engine/sim'],
  'engine/csi': [],
  'engine/dra': [],
  'engine/csi-hostpath': ['engine/client', 'engine/api', 'engine/sim'],
  'engine/coredns': ['engine/client', 'engine/api', 'engine/sim'],
  'engine/ingress-nginx': ['engine/client', 'engine/api', 'engine/sim'],
  'engine/nginx-gateway-fabric': ['engine/client', 'engine/api', 'engine/sim'],
  'engine/cni': ['engine/linux', 'engine/sim'],
  'engine/cloud-controller-manager': ['engine/client', 'engine/api', 'engine/sim'],
  'engine/kube-proxy': ['engine/client', 'engine/api', 'engine/sim'],
  'engine/kube-router': ['engine/client', 'engine/api', 'engine/sim'],
  'engine/nvidia-device-plugin': ['engine/sim'],
  'engine/nvidia-dra-driver': ['engine/client', 'engine/api', 'engine/sim'],
  'engine/tiny-device-plugin': ['engine/sim'],
  'engine/kubelet': ['engine/client', 'engine/api', 'engine/sim'],
  'engine/kubectl': ['engine/client', 'engine/api', 'engine/sim'],
  'engine/debian': ['engine/linux', 'engine/sim'],
  'engine/helm': ['engine/kubectl', 'engine/client', 'engine/api', 'engine/sim'],
  'engine/cluster': ['engine/'],
  'engine/worker': ['engine/cluster', 'engine/sim', 'engine/api'],
  'engine/http': ['engine/api', 'engine/cluster', 'engine/client', 'engine/sim', 'engine/worker'],
  'engine/bench': ['engine/', 'graders/'],
  'engine/examples': ['engine/index.ts'],
  'engine/testing': ['engine/'],
  'engine/conformance': ['engine/'],
  graders: ['engine/index.ts', 'engine/http', 'engine/worker'],
  exercises: ['graders'],
  lessons: [
    'engine/index.ts',
    'engine/worker',
    'engine/http',
    'graders/index.ts',
    'graders/exercise-folder.ts',
    'graders/chosen-variant.ts',
  ],
};

/** The folders of the composition root, from the top down: each knows only itself and those after it. */
const CLUSTER_FLOORS = [
  'tools',
  'control-plane',
  'api-server',
  'node',
  'kubeadm',
  'add-ons',
  'workstation',
  'machines',
  'systemd',
  'etcd',
  'component',
  'images',
  'bootstrap',
  'pki',
  'requests',
];

/** npm packages that the engine's core may use. */
const ENGINE_PACKAGES = [
  'yaml',
  'cron-parser',
  'unbash',
  'fflate',
  '@marcbachmann/cel-js',
  '@marcbachmann/cel-js/evaluator',
  '@noble/ciphers/aes.js',
  '@noble/ciphers/salsa.js',
];

/** Folders outside the synchronous, deterministic core. */
const EDGES = [
  'engine/worker',
  'engine/http',
  'engine/bench',
  'engine/testing',
  'engine/conformance',
  'engine/api/schema/generate',
  'engine/api/schema/declarations',
];

const MAX_FILE_LINES = 400;
const MAX_FUNCTION_LINES = 70;

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

function listFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['node_modules', 'generated', 'dist'].includes(entry.name) ? [] : listFiles(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

const files: SourceFile[] = ['engine', 'graders', 'exercises', 'lessons'].flatMap(listFiles).map((path) => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
});
const sources = files.filter(({ path }) => !isTest(path));
const core = sources.filter(({ path }) => path.startsWith('engine/') && !EDGES.some((edge) => path.startsWith(edge)));

function isTest(path: string): boolean {
  return path.includes('.test.') || path.includes('/testing/') || path.includes('/bench/');
}

/** Imported module names of a file; types count too. */
function importsOf(file: SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
      found.push((node.moduleSpecifier as ts.StringLiteral).text);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [name] = node.arguments;
      if (name !== undefined && ts.isStringLiteral(name)) found.push(name.text);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      found.push((node.argument.literal as ts.StringLiteral).text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file.tree);
  return found;
}

/** The project's own files that a file imports, as paths from the root. */
function localImports(file: SourceFile): string[] {
  return importsOf(file).flatMap((name) => {
    if (name.startsWith('.')) return [relative(ROOT, resolve(ROOT, dirname(file.path), name))];
    if (name.startsWith('@drydock/')) return [workspacePath(name)];
    return [];
  });
}

function workspacePath(name: string): string {
  const [, workspace, door] = name.split('/');
  return `${workspace}/${door === undefined ? '' : `${door}/`}index.ts`;
}

function folderOf(path: string): string {
  const folders = Object.keys(MAY_IMPORT).sort((a, b) => b.length - a.length);
  return folders.find((folder) => path.startsWith(`${folder}/`)) ?? '';
}

test('every folder imports only what the table allows', () => {
  const offences: string[] = [];
  for (const file of sources) {
    const folder = folderOf(file.path);
    if (folder === '') continue;
    const allowed = [...MAY_IMPORT[folder]!, ...(folder.startsWith('engine/') ? PORTS : []), `${folder}/`];
    for (const target of localImports(file)) {
      if (target.includes('/generated/')) continue;
      if (!allowed.some((prefix) => target === prefix || target.startsWith(withSlash(prefix)))) {
        offences.push(`${file.path} imports ${target}`);
      }
    }
  }
  expect(offences).toEqual([]);
});

function withSlash(prefix: string): string {
  return prefix.endsWith('/') || prefix.endsWith('.ts') ? prefix : `${prefix}/`;
}

test('the folders of the composition root import downwards', () => {
  const roomOf = (path: string) => /^engine\/cluster\/([\w-]+)\//.exec(path)?.[1];
  const rooms = new Set(sources.flatMap(({ path }) => roomOf(path) ?? []));
  expect([...rooms].sort()).toEqual(CLUSTER_FLOORS.toSorted());
  const floorOf = (path: string) => CLUSTER_FLOORS.indexOf(roomOf(path) ?? '');
  const upwards = sources.flatMap((file) =>
    localImports(file)
      .filter((target) => floorOf(target) >= 0 && floorOf(target) < floorOf(file.path))
      .map((target) => `${file.path} imports ${target}`),
  );
  expect(upwards).toEqual([]);
});

test('the controllers do not import one another', () => {
  const base = 'engine/kube-controller-manager/';
  const offences = sources
    .filter(({ path }) => path.startsWith(base) && path.slice(base.length).includes('/'))
    .flatMap((file) => {
      const own = file.path.slice(base.length).split('/')[0];
      return localImports(file)
        .filter((target) => target.startsWith(base) && target.slice(base.length).includes('/'))
        .filter((target) => target.slice(base.length).split('/')[0] !== own)
        .map((target) => `${file.path} imports ${target}`);
    });
  expect(offences).toEqual([]);
});

test('the core uses no package but the few it may, and nothing of Node', () => {
  const offences = core.flatMap((file) =>
    importsOf(file)
      .filter((name) => !name.startsWith('.') && !name.startsWith('@drydock/'))
      .filter((name) => !ENGINE_PACKAGES.includes(name))
      .filter((name) => !(name.startsWith('kubernetes-models/') && isTypeOnly(file, name)))
      .map((name) => `${file.path} imports ${name}`),
  );
  expect(offences).toEqual([]);
});

function isTypeOnly(file: SourceFile, name: string): boolean {
  return file.tree.statements
    .filter((node) => ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
    .filter((node) => (node.moduleSpecifier as ts.StringLiteral | undefined)?.text === name)
    .every((node) =>
      ts.isImportDeclaration(node) ? node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword : node.isTypeOnly,
    );
}

test('no file is part of an import cycle', () => {
  const graph = new Map(sources.map((file) => [file.path, localImports(file)]));
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      return;
    }
    state.set(path, 'open');
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    state.set(path, 'done');
  };
  for (const path of graph.keys()) visit(path, []);
  expect(cycles).toEqual([]);
});

const BANNED_IDENTIFIERS = new Set([
  'Promise',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'requestAnimationFrame',
  'performance',
  'crypto',
  'fetch',
  'window',
  'document',
  'globalThis',
  'process.env',
]);

const BANNED_CALLS = ['Date.now', 'Math.random'];

test('the core is synchronous and deterministic', () => {
  const offences: string[] = [];
  for (const file of core) {
    const report = (node: ts.Node, what: string): void => {
      const { line } = file.tree.getLineAndCharacterOfPosition(node.getStart());
      offences.push(`${file.path}:${line + 1} ${what}`);
    };
    const own = declaredNames(file);
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node) && BANNED_IDENTIFIERS.has(node.text) && !own.has(node.text) && isGlobalUse(node)) {
        report(node, node.text);
      }
      if (ts.isPropertyAccessExpression(node) && BANNED_CALLS.includes(node.getText())) report(node, node.getText());
      if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0) {
        report(node, 'new Date()');
      }
      if (ts.isAwaitExpression(node) || isAsync(node)) report(node, 'async');
      ts.forEachChild(node, visit);
    };
    visit(file.tree);
  }
  expect(offences).toEqual([]);
});

/** Not a property name, a declaration's own name, or a key. */
function isGlobalUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodDeclaration(parent)) {
    return parent.name !== node;
  }
  return !ts.isParameter(parent) && !ts.isVariableDeclaration(parent);
}

/** Names that a file declares itself: a parameter called `process` or a variable `document` is no global. */
function declaredNames(file: SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const declares =
      ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node) || ts.isImportSpecifier(node);
    if (declares && ts.isIdentifier(node.name)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(file.tree);
  return names;
}

function isAsync(node: ts.Node): boolean {
  return (
    ts.isFunctionLike(node) && (ts.getCombinedModifierFlags(node as ts.Declaration) & ts.ModifierFlags.Async) !== 0
  );
}

test('the core keeps no mutable state in modules', () => {
  const offences = core.flatMap((file) =>
    file.tree.statements
      .filter(ts.isVariableStatement)
      .filter((statement) => (statement.declarationList.flags & ts.NodeFlags.Const) === 0)
      .map((statement) => `${file.path}: ${statement.getText().slice(0, 60)}`),
  );
  expect(offences).toEqual([]);
});

test('files and functions stay small enough to hold in mind', () => {
  const offences: string[] = [];
  for (const file of sources) {
    const lines = file.text.split('\n').length - 1;
    if (lines > MAX_FILE_LINES) offences.push(`${file.path} has ${lines} lines`);
    const visit = (node: ts.Node): void => {
      if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
        const start = file.tree.getLineAndCharacterOfPosition(node.getStart()).line;
        const end = file.tree.getLineAndCharacterOfPosition(node.end).line;
        if (end - start + 1 > MAX_FUNCTION_LINES) {
          offences.push(`${file.path}:${start + 1} is a function of ${end - start + 1} lines`);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(file.tree);
  }
  expect(offences).toEqual([]);
});

test('nothing is sorted by the language of the machine it runs on', () => {
  // Besides, the first comparison of a page loads the collation: 25 ms on a desktop before the first picture.
  const offences = sources.filter(({ text }) => text.includes('.localeCompare(')).map(({ path }) => path);
  expect(offences).toEqual([]);
});

test('tests name no limit of time: vitest.config.ts has one that only ends what hangs', () => {
  const limit = /\b(testTimeout|hookTimeout): \d|\{ timeout: \d/;
  const tests = files.filter(({ path }) => path.endsWith('.test.ts') && !path.endsWith('.browser.test.ts'));
  expect(tests.filter(({ text }) => limit.test(text)).map(({ path }) => path)).toEqual([]);
});

test('no file hides behind a name that says nothing', () => {
  const empty = /(^|\/)(utils?|helpers?|common|misc|manager)(\.|\/)/;
  expect(sources.map(({ path }) => path).filter((path) => empty.test(path))).toEqual([]);
});

test('TypeScript is erasable: no enums, namespaces or parameter properties', () => {
  const offences: string[] = [];
  for (const file of files) {
    const visit = (node: ts.Node): void => {
      if (ts.isEnumDeclaration(node) || ts.isModuleDeclaration(node)) {
        if ((ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Ambient) === 0) offences.push(file.path);
      }
      ts.forEachChild(node, visit);
    };
    visit(file.tree);
  }
  expect(offences).toEqual([]);
});
