import type { Task } from '../../sim/index.ts';
import type { NetworkInterface } from '../host.ts';
import type { Signal, SignalAction } from '../signal.ts';
import type {
  Credentials,
  DirectoryEntry,
  EchoOptions,
  ForkOptions,
  MappedMemory,
  MountOptions,
  NamespaceKind,
  Neighbour,
  OpenOptions,
  PacketFilter,
  Process,
  Program,
  Route,
  SocketAddress,
  SpawnOptions,
  Stat,
} from '../syscalls.ts';
import type { TerminalSettings } from '../tty/terminal-settings.ts';
import { pathOf } from '../vfs/path.ts';
import * as files from './file-calls.ts';
import type { TaskStruct } from './kernel.ts';
import * as maps from './mapped-files.ts';
import * as mounts from './mount-calls.ts';
import * as namespaces from './namespace-calls.ts';
import { openPath } from './open.ts';
import * as paths from './path-calls.ts';
import * as attributes from './process-attributes.ts';
import * as processes from './process-calls.ts';
import { exportDirectory } from './remote-mounts.ts';
import * as sockets from './socket-calls.ts';
import { exec, forkChild, spawnChild } from './spawn.ts';
import * as terminals from './terminal-calls.ts';
import * as trees from './tree-calls.ts';
import { waitpid } from './wait.ts';

/** The system calls as a program sees them: each is a function of its area, applied to this process. */
export class SystemCalls implements Process {
  readonly #task: TaskStruct;

  constructor(task: TaskStruct) {
    this.#task = task;
  }

  // Identity
  get pid(): number {
    return this.#number(this.#task.pid);
  }
  get parentPid(): number {
    const { parent } = this.#task;
    return parent === undefined ? 0 : this.#number(parent.pid);
  }
  get processGroup(): number {
    return this.#number(this.#task.group);
  }
  get session(): number {
    return this.#number(this.#task.session);
  }
  get hostPid(): number {
    return this.#task.hostPid;
  }
  get argv(): readonly string[] {
    return this.#task.argv;
  }
  get env(): Readonly<Record<string, string>> {
    return this.#task.env;
  }
  get credentials(): Credentials {
    return this.#task.credentials;
  }
  get cwd(): string {
    return pathOf(this.#task.root, this.#task.cwd);
  }
  get hostname(): string {
    return namespaces.hostnameOf(this.#task);
  }

  #number(pid: TaskStruct['pid']): number {
    return this.#task.pidNamespace.numberOf(pid);
  }

  trace(kind: string, subject: string, detail: string): void {
    this.#task.kernel.sim.record(kind, subject, detail);
  }

  // Time
  now(): number {
    return this.#task.kernel.now();
  }
  sleep(durationMs: number): Task<void> {
    return files.sleep(this.#task, durationMs);
  }
  compute(steps = 1): Task<void> {
    return files.compute(this.#task, steps);
  }
  computeFor(cpuMs: number): Task<void> {
    return files.computeFor(this.#task, cpuMs);
  }

  // Files by descriptor
  open(path: string, options: OpenOptions): number {
    return this.#task.files.add(openPath(this.#task, path, options));
  }
  close(fd: number): void {
    files.close(this.#task, fd);
  }
  dup(fd: number, to?: number): number {
    return files.dup(this.#task, fd, to);
  }
  pipe(): readonly [number, number] {
    return files.pipe(this.#task);
  }
  read(fd: number, max?: number): Task<Uint8Array> {
    return files.read(this.#task, fd, max);
  }
  write(fd: number, data: Uint8Array): Task<void> {
    return files.write(this.#task, fd, data);
  }
  seek(fd: number, offset: number, whence: 'set' | 'current' | 'end'): number {
    return files.seek(this.#task, fd, offset, whence);
  }
  fstat(fd: number): Stat {
    return files.fstat(this.#task, fd);
  }
  ioctl(fd: number, request: object): object {
    return files.ioctl(this.#task, fd, request);
  }
  truncate(fd: number, size: number): void {
    files.truncate(this.#task, fd, size);
  }
  poll(fds: readonly number[], timeoutMs?: number): Task<readonly number[]> {
    return files.poll(this.#task, fds, timeoutMs);
  }

  // Files by path
  readFile(path: string): Uint8Array {
    return paths.readFile(this.#task, path);
  }
  readText(path: string): string {
    return paths.readText(this.#task, path);
  }
  writeFile(path: string, data: Uint8Array | string, options?: { append?: boolean; mode?: number }): void {
    paths.writeFile(this.#task, path, data, options);
  }
  mapFile(path: string, memory: MappedMemory, mode: number): void {
    maps.mapFile(this.#task, path, memory, mode);
  }
  mappedFile(path: string): MappedMemory | undefined {
    return maps.mappedFile(this.#task, path);
  }
  stat(path: string): Stat {
    return paths.stat(this.#task, path);
  }
  lstat(path: string): Stat {
    return paths.lstat(this.#task, path);
  }
  readdir(path: string): readonly DirectoryEntry[] {
    return paths.readdir(this.#task, path);
  }
  access(path: string, mode: 'exists' | 'read' | 'write' | 'execute'): boolean {
    return paths.access(this.#task, path, mode);
  }
  mkdir(path: string, mode?: number): void {
    paths.mkdir(this.#task, path, mode);
  }
  makeDirectories(path: string, mode = 0o755): boolean {
    return trees.makeDirectories(this.#task, path, mode);
  }
  removeTree(path: string): void {
    trees.removeTree(this.#task, path);
  }
  rmdir(path: string): void {
    paths.rmdir(this.#task, path);
  }
  unlink(path: string): void {
    paths.unlink(this.#task, path);
  }
  rename(from: string, to: string): void {
    paths.rename(this.#task, from, to);
  }
  link(existing: string, path: string): void {
    paths.link(this.#task, existing, path);
  }
  symlink(target: string, path: string): void {
    paths.symlink(this.#task, target, path);
  }
  readlink(path: string): string {
    return paths.readlink(this.#task, path);
  }
  realpath(path: string): string {
    return paths.realpath(this.#task, path);
  }
  mkfifo(path: string, mode?: number): void {
    paths.mkfifo(this.#task, path, mode);
  }
  mknod(path: string, type: 'character' | 'block', device: readonly [number, number], mode?: number): void {
    paths.mknod(this.#task, path, type, device, mode);
  }
  chmod(path: string, mode: number): void {
    paths.chmod(this.#task, path, mode);
  }
  chown(path: string, uid: number, gid: number): void {
    paths.chown(this.#task, path, uid, gid);
  }
  utimes(path: string, accessedMs: number, modifiedMs: number): void {
    paths.utimes(this.#task, path, accessedMs, modifiedMs);
  }
  chdir(path: string): void {
    paths.chdir(this.#task, path);
  }
  umask(mask: number): number {
    const before = this.#task.umask;
    this.#task.umask = mask & 0o777;
    return before;
  }
  mount(options: MountOptions): void {
    mounts.mount(this.#task, options);
  }
  unmount(target: string): void {
    mounts.unmount(this.#task, target);
  }
  exportDirectory(path: string): string {
    return exportDirectory(this.#task, path);
  }
  statfs(path: string): ReturnType<Process['statfs']> {
    return mounts.statfs(this.#task, path);
  }
  watchDirectory(path: string, listener: (name: string) => void): () => void {
    return paths.watchDirectory(this.#task, path, listener);
  }

  // Processes
  spawn(options: SpawnOptions): number {
    return spawnChild(this.#task, options, systemCallsOf);
  }
  fork(program: Program, options: ForkOptions = {}): number {
    return forkChild(this.#task, program, options, systemCallsOf);
  }
  exec(path: string, argv: readonly string[], env?: Readonly<Record<string, string>>): Task<number> {
    return exec(this.#task, path, argv, env, systemCallsOf);
  }
  waitpid(pid: number, options?: Parameters<Process['waitpid']>[1]): ReturnType<Process['waitpid']> {
    return waitpid(this.#task, pid, options);
  }
  kill(pid: number, signal: Signal | 0): void {
    processes.kill(this.#task, pid, signal);
  }
  setSignalAction(signal: Signal, action: SignalAction): void {
    processes.setSignalAction(this.#task, signal, action);
  }
  signalAction(signal: Signal): SignalAction {
    return processes.signalAction(this.#task, signal);
  }
  takeSignals(): readonly Signal[] {
    return processes.takeSignals(this.#task);
  }
  pause(): Task<void> {
    return processes.pause(this.#task);
  }
  setProcessGroup(pid: number, processGroup: number): void {
    processes.setProcessGroup(this.#task, pid, processGroup);
  }
  setSession(): number {
    return processes.setSession(this.#task);
  }
  setCredentials(credentials: Partial<Credentials>): void {
    attributes.setCredentials(this.#task, credentials);
  }
  setMemory(bytes: number): void {
    processes.declareMemory(this.#task, bytes);
  }
  setNamespaces(pid: number, kinds: readonly NamespaceKind[]): void {
    namespaces.setNamespaces(this.#task, pid, kinds);
  }
  unshare(kinds: readonly NamespaceKind[]): void {
    namespaces.unshare(this.#task, kinds);
  }
  setHostname(hostname: string): void {
    namespaces.setHostname(this.#task, hostname);
  }
  niceness(pid: number): number {
    return attributes.niceness(this.#task, pid);
  }
  setNiceness(pid: number, nice: number): void {
    attributes.setNiceness(this.#task, pid, nice);
  }
  chroot(path: string): void {
    attributes.chroot(this.#task, path);
  }

  // Terminals
  isTerminal(fd: number): boolean {
    return terminals.isTerminal(this.#task, fd);
  }
  windowSize(fd: number): { readonly columns: number; readonly rows: number } {
    return terminals.windowSize(this.#task, fd);
  }
  setWindowSize(fd: number, columns: number, rows: number): void {
    terminals.setWindowSize(this.#task, fd, columns, rows);
  }
  setTerminalMode(fd: number, mode: 'cooked' | 'raw'): void {
    terminals.setTerminalMode(this.#task, fd, mode);
  }
  terminalSettings(fd: number): TerminalSettings {
    return terminals.terminalSettings(this.#task, fd);
  }
  setTerminalSettings(fd: number, settings: Partial<TerminalSettings>): void {
    terminals.setTerminalSettings(this.#task, fd, settings);
  }
  openTerminal(columns: number, rows: number): { readonly master: number; readonly slave: number } {
    return terminals.openTerminal(this.#task, columns, rows);
  }
  takeTerminal(fd: number): void {
    terminals.takeTerminal(this.#task, fd);
  }
  foregroundGroup(fd: number): number {
    return terminals.foregroundGroup(this.#task, fd);
  }
  setForegroundGroup(fd: number, processGroup: number): void {
    terminals.setForegroundGroup(this.#task, fd, processGroup);
  }

  // Sockets
  listen(port: number, address?: string): number {
    return sockets.listen(this.#task, port, address);
  }
  accept(fd: number): Task<{ readonly fd: number; readonly peer: SocketAddress }> {
    return sockets.accept(this.#task, fd);
  }
  connect(address: string, port: number, timeoutMs?: number): Task<number> {
    return sockets.connect(this.#task, address, port, timeoutMs);
  }
  listenUnix(path: string): number {
    return sockets.listenUnix(this.#task, path);
  }
  connectUnix(path: string): Task<number> {
    return sockets.connectUnix(this.#task, path);
  }
  shutdownWrite(fd: number): void {
    sockets.shutdownWrite(this.#task, fd);
  }
  localAddress(fd: number): SocketAddress {
    return sockets.localAddress(this.#task, fd);
  }
  peerAddress(fd: number): SocketAddress {
    return sockets.peerAddress(this.#task, fd);
  }
  networkInterfaces(): readonly NetworkInterface[] {
    return sockets.networkOf(this.#task).interfaces;
  }
  openDatagram(port?: number, address?: string): number {
    return sockets.openDatagram(this.#task, port, address);
  }
  sendTo(fd: number, data: Uint8Array, to: SocketAddress): void {
    sockets.sendTo(this.#task, fd, data, to);
  }
  receiveFrom(fd: number, timeoutMs?: number): Task<{ data: Uint8Array; peer: SocketAddress } | undefined> {
    return sockets.receiveFrom(this.#task, fd, timeoutMs);
  }
  echo(address: string, options: EchoOptions): ReturnType<Process['echo']> {
    return sockets.echo(this.#task, address, options);
  }
  openPacketSocket(...args: Parameters<Process['openPacketSocket']>): number {
    return sockets.openPacketSocket(this.#task, ...args);
  }
  routes(): readonly Route[] {
    return sockets.networkOf(this.#task).routes;
  }
  setDummyInterface(name: string, addresses: readonly string[]): void {
    sockets.setDummyInterface(this.#task, name, addresses);
  }
  deleteDummyInterface(name: string): void {
    sockets.deleteDummyInterface(this.#task, name);
  }
  addRoute(route: Route): void {
    sockets.addRoute(this.#task, route);
  }
  deleteRoute(route: Pick<Route, 'destination' | 'prefixLength'>): void {
    sockets.deleteRoute(this.#task, route);
  }
  neighbours(): readonly Neighbour[] {
    return sockets.networkOf(this.#task).neighbours;
  }
  packetFilter(): PacketFilter {
    return sockets.packetFilter(this.#task);
  }
  sockets(): ReturnType<Process['sockets']> {
    return sockets.socketsOf(this.#task);
  }
}

/** As whatever the process is held to lets it make them. */
export function systemCallsOf(task: TaskStruct): Process {
  const { confinement } = task.credentials;
  return (confinement && task.kernel.security?.systemCalls(task, confinement)) ?? new SystemCalls(task);
}
