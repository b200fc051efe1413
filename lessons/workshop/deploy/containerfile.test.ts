import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readOptions } from '../server/options.ts';
import { workshopCommand } from '../testing/command.ts';

// No image is built here: each line of the Containerfile is held against what the repository has. The command that it ends in is
// the one by which the browser's tests start a workshop (`browser/workshop-hosts.ts`).

const ROOT = resolve(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>;
};

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** https://docs.docker.com/reference/dockerfile: a line each here, none goes on. */
const instructions: readonly Instruction[] = read('lessons/workshop/deploy/Containerfile')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ word: line.slice(0, line.indexOf(' ')), rest: line.slice(line.indexOf(' ') + 1) }));

function all(word: string): readonly string[] {
  return instructions.filter((each) => each.word === word).map(({ rest }) => rest);
}

test('it is made of the instructions that there are, in two stages of one base', () => {
  expect(new Set(instructions.map(({ word }) => word))).toEqual(
    new Set(['FROM', 'WORKDIR', 'COPY', 'RUN', 'USER', 'EXPOSE', 'ENTRYPOINT']),
  );
  const bases = all('FROM').map((rest) => rest.split(' ')[0]!);
  expect(new Set(bases).size).toBe(1);
  expect(bases[0]).toMatch(/^docker\.io\/library\/node:\d+-/);
});

test('what it copies is there, and what is built is copied from where it was built', () => {
  const [from, built] = all('COPY');
  expect(from).toBe('. .');
  for (const needed of ['package.json', 'package-lock.json', 'astro.config.mjs', 'lessons/workshop/cli.ts']) {
    expect(existsSync(join(ROOT, needed))).toBe(true);
  }
  expect(built).toBe('--from=build --chown=node /drydock /drydock');
  expect(all('WORKDIR')).toEqual(['/drydock', '/drydock']);
});

test('nothing that a workshop keeps goes into an image, nor what is installed for another machine', () => {
  const left = read('.dockerignore').split('\n');
  const { data } = readOptions([], new Date(0));
  expect(left).toContain(`${data}/`);
  expect(left).toContain('node_modules/');
  expect(left).toContain('.git/');
});

test('each script that it runs is one of the package', () => {
  const [steps] = all('RUN');
  expect(steps).toBe('npm ci && npm run build');
  expect(scripts['build']).toBe('astro build');
});

test('its command with the manifest’s arguments starts a workshop on the port that it exposes', () => {
  const command = JSON.parse(all('ENTRYPOINT')[0]!) as string[];
  expect(command.slice(0, 5)).toEqual(['npm', 'run', '--silent', 'workshop', '--']);
  expect(scripts['workshop']).toBe(`node ${workshopCommand().join(' ')}`);
  expect(existsSync(join(ROOT, workshopCommand().at(-1)!))).toBe(true);
  const deployment = parseAllDocuments(read('lessons/workshop/deploy/workshop.yaml'))
    .map((document) => document.toJS())
    .find(({ kind }) => kind === 'Deployment');
  const [container] = deployment.spec.template.spec.containers;
  const args = (container.args as string[]).map((arg) => arg.replace('$(DATABASE)', 'postgres://database/workshop'));
  const options = readOptions([...command.slice(5), ...args], new Date(0));
  expect(options).toMatchObject({ data: '/data', behindProxy: true, database: 'postgres://database/workshop' });
  expect(all('EXPOSE')).toEqual([String(options.port)]);
  expect(container.ports[0].containerPort).toBe(options.port);
  expect(container.volumeMounts[0].mountPath).toBe(options.data);
  // The image's user is the manifest's, by number.
  expect(all('USER')).toEqual(['node']);
  expect(deployment.spec.template.spec.securityContext.runAsUser).toBe(1000);
});
