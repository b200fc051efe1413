import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { BenchCard } from './bench-card.ts';
import { doorText, ltiText } from './door.ts';
import { type LtiSettings, LtiSettingsError, readLtiSettings } from './lti/platform.ts';
import { ToolKeys } from './lti/tool-keys.ts';
import { roomAddresses } from './room-addresses.ts';
import { openWorkshop } from './server/open-workshop.ts';
import { OptionsError, readOptions, type Task, USAGE, type WorkshopOptions } from './server/options.ts';
import { readRoster } from './server/roster.ts';
import { startServer } from './server/start.ts';
import { newWebhookSecret } from './server/webhooks.ts';
import { openPostgres } from './store/postgres.ts';
import { openStore } from './store/sql-store.ts';
import { openSqlite } from './store/sqlite.ts';
import type { Store } from './store/store.ts';
import { refusalOf } from './system-refusal.ts';
import { exportTo, gradeAgain, importFrom, movedTable } from './upkeep.ts';

// One process that serves the course to a room and follows what is done there.

const ROOT = join(import.meta.dirname, '..', '..');
const SITE = join(ROOT, 'dist');
const KEY_FILE = 'instructor-key';
const SECRET_FILE = 'webhook-secret';
const LTI_KEYS_FILE = 'lti-keys.json';
const HELP = '"npm run workshop -- --help" tells what there is to say.';

async function run(args: readonly string[]): Promise<void> {
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(USAGE);
    return;
  }
  const options = readOptions(args, new Date());
  const roster = options.roster === undefined ? undefined : rosterIn(options.roster);
  const ltiSettings = options.lti === undefined ? undefined : ltiSettingsIn(options.lti);
  makeFolder(options.data);
  const store = await storeOf(options);
  await hold(store, options);
  const keyFile = join(options.data, KEY_FILE);
  if (options.task !== undefined) {
    await carryOut(options.task, store, keyFile);
    await store.close();
    return;
  }
  const cards = builtBenches();
  const keptKey = existsSync(keyFile) ? readFileSync(keyFile, 'utf8').trim() : undefined;
  const opened = await openWorkshop(store, options, cards, keptKey, Date.now());
  const { workshop, instructorKey, resumed, notes } = opened;
  if (instructorKey !== keptKey) writeFileSync(keyFile, `${instructorKey}\n`, { mode: 0o600 });
  const { host, port, behindProxy } = options;
  const running = await startServer(store, cards, {
    host,
    port,
    site: relative(process.cwd(), SITE) || '.',
    behindProxy,
    ...(roster === undefined ? {} : { roster }),
    ...(options.webhook === undefined
      ? {}
      : { webhook: { url: options.webhook, secret: webhookSecret(options.data) } }),
    ...(ltiSettings === undefined
      ? {}
      : { lti: { settings: ltiSettings, keys: await ToolKeys.open(await ltiKeys(options.data)) } }),
  }).catch((error) => {
    throw refusalOf(error, `${host}:${port}`);
  });
  const hosts = host === '0.0.0.0' ? roomAddresses(networkInterfaces()) : [host];
  const [address = `http://localhost:${running.port}`, ...otherAddresses] = hosts.map(
    (each) => `http://${each}:${running.port}`,
  );
  const board = `${address}/workshop/board/#key=${instructorKey}`;
  const { title, code } = workshop;
  console.log(doorText({ title, resumed, address, code, board, otherAddresses, notes }));
  if (options.webhook !== undefined) {
    console.log(
      `  Told   ${new URL(options.webhook).host}, signed with the secret in ${join(options.data, SECRET_FILE)}\n`,
    );
  }
  if (ltiSettings !== undefined) console.log(ltiText(ltiSettings.address));
  if (options.open) openInBrowser(board);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      console.log('\nStopped. Nothing is lost: learners go on alone and catch up when the workshop is back.');
      void running.stop().then(() => process.exit(0));
    });
  }
}

/** What is done in place of serving. */
async function carryOut(task: Task, store: Store, keyFile: string): Promise<void> {
  switch (task.kind) {
    case 'wipe':
      await store.wipe();
      rmSync(keyFile, { force: true });
      for (const file of [SECRET_FILE, LTI_KEYS_FILE]) rmSync(join(dirname(keyFile), file), { force: true });
      console.log('Everything of the workshop is forgotten.');
      break;
    case 'export':
      await exportTo(task.file, store);
      console.log(`Everything that is kept is in ${task.file}: names and what people did, so keep it to yourself.`);
      break;
    case 'import': {
      const { instructorKey, lines } = await importFrom(task.file, store);
      writeFileSync(keyFile, `${instructorKey}\n`, { mode: 0o600 });
      console.log(`${lines} lines are back. Start the workshop; its board has a new link.`);
      break;
    }
    case 'regrade': {
      const show = (done: number, asked: number) => process.stderr.write(`\r${done} of ${asked} graded`);
      const moved = await gradeAgain(store, builtBenches(), process.stderr.isTTY ? show : () => {});
      if (process.stderr.isTTY) process.stderr.write('\n');
      process.stdout.write(movedTable(moved));
    }
  }
}

/** The same each time the workshop is started with this folder. */
function webhookSecret(data: string): string {
  const file = join(data, SECRET_FILE);
  if (!existsSync(file)) writeFileSync(file, `${newWebhookSecret()}\n`, { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** The same each time, or platforms know this tool no more. */
async function ltiKeys(data: string): Promise<string> {
  const file = join(data, LTI_KEYS_FILE);
  if (!existsSync(file)) writeFileSync(file, `${await ToolKeys.generate()}\n`, { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

function makeFolder(data: string): void {
  try {
    mkdirSync(data, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw refusalOf(error, `--data ${data}`);
  }
}

function ltiSettingsIn(file: string): LtiSettings {
  if (!existsSync(file)) throw new OptionsError(`--lti ${file}: there is no such file`);
  try {
    return readLtiSettings(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof LtiSettingsError) throw new OptionsError(`--lti ${file}: ${error.message}`);
    throw error;
  }
}

function rosterIn(file: string): ReadonlyMap<string, string> {
  if (!existsSync(file)) throw new OptionsError(`--roster ${file}: there is no such file`);
  return readRoster(file, readFileSync(file, 'utf8'));
}

async function storeOf({ data, database }: WorkshopOptions): Promise<Store> {
  if (database === undefined) return openStore(openSqlite(join(data, 'workshop.sqlite')));
  try {
    return await openStore(await openPostgres(database));
  } catch (error) {
    throw new OptionsError(`the database does not answer: ${(error as Error).message}`);
  }
}

/** What changes a workshop under a server's hands waits until the server is stopped; an export only reads. */
async function hold(store: Store, { task, data, database }: WorkshopOptions): Promise<void> {
  if (task?.kind === 'export' || (await store.hold(task === undefined ? 'serving' : 'alone'))) return;
  const where = database === undefined ? `--data ${data}` : '--database';
  throw new OptionsError(`${where}: a workshop runs with it; stop it first, by Ctrl-C where it was started`);
}

/** The benches of the built site; builds it when there is none. */
function builtBenches(): readonly BenchCard[] {
  const file = join(SITE, 'workshop', 'benches.json');
  if (!existsSync(file)) {
    console.log('Building the site; this takes a while the first time.');
    const { status } = spawnSync('npm', ['run', 'build'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new OptionsError('the site cannot be built');
  }
  return JSON.parse(readFileSync(file, 'utf8')) as readonly BenchCard[];
}

function openInBrowser(address: string): void {
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  spawn(opener, [address], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

/** Does what the command line asks, or says why not. */
export async function workshopCommand(args: readonly string[]): Promise<void> {
  try {
    await run(args);
  } catch (error) {
    const { message } = error as Error;
    const isTheirs = error instanceof OptionsError;
    process.stderr.write(isTheirs ? `${message}\n${HELP}\n` : `this did not work: ${message}\n`);
    process.exitCode = 1;
  }
}
