export { ClusterDriver } from './cluster-driver.ts';
export { describeField } from './field-descriptions.ts';
export type { ClockReading, Frame, FrameSink, RunPoint, TerminalOutput } from './frame.ts';
export { type RealTime, threadTime } from './real-time.ts';
export { replay } from './replay.ts';
export { type StartedCluster, startCluster } from './start-cluster.ts';
